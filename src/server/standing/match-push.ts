import type { ContentRow } from '../../protocol/codecs/find.ts';
import { decodeFileLine } from '../../protocol/codecs/file-list.ts';
import { matchEvent } from '../../protocol/codecs/watch.ts';
import { EVENTS } from '../../protocol/messages.ts';
import { isVisibleTo } from '../../catalog/address-scope.ts';
import type { ServerContext } from '../context.ts';
import type { LoggedIn, MatchPush, Session } from '../session.ts';
import type { Unseen } from './standing-store.ts';

/** What of the server this needs. */
type Context = Pick<ServerContext, 'standing' | 'sessions' | 'log'>;

/**
 * Pushes the matches of a peer's watches on its connection, one event after the other: a client that does not read costs the
 * memory of one, and what it has not seen waits on disk. Begins with what waits since earlier sessions.
 */
export function createMatchPush(context: Context, peer: Pick<LoggedIn, 'id' | 'session'>): MatchPush {
  const fresh = new Set<number>();
  const pushedUpTo = new Map<number, number>();
  let running = false;
  let stopped = false;

  async function run(): Promise<void> {
    running = true;
    try {
      for (let [watch] = fresh; watch !== undefined && !stopped; [watch] = fresh) {
        fresh.delete(watch);
        if (await pushNext(watch)) fresh.add(watch);
      }
    } finally {
      running = false;
    }
  }

  /** Whether there was something to push. */
  async function pushNext(watch: number): Promise<boolean> {
    const after = pushedUpTo.get(watch) ?? 0;
    const { matches, more } = await context.standing.call('unseen', [watch, after]);
    if (after !== (pushedUpTo.get(watch) ?? 0)) return true;
    const mark = matches.at(-1)?.mark;
    if (mark === undefined || stopped) return false;
    const rows = matches.map((match) => rowOf(context, peer.session, match));
    pushedUpTo.set(watch, mark);
    await peer.session.push(
      EVENTS.MATCH.code,
      matchEvent.encode({ watch: String(watch), mark, after: after || undefined, more, rows }),
    );
    return true;
  }

  function notify(watches: Iterable<number>): void {
    for (const watch of watches) fresh.add(watch);
    if (running || stopped) return;
    run().catch((err: unknown) => {
      context.log.debug({ err, id: peer.id }, 'matches wait for the next session');
    });
  }

  context.standing.waiting(peer.id).then(notify, (err: unknown) => {
    context.log.debug({ err, id: peer.id }, 'matches wait for the next session');
  });
  return {
    notify,
    again: (watch) => {
      pushedUpTo.delete(watch);
      notify([watch]);
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** The content with the peer that published it, as far as the peer that is told can reach that. */
function rowOf(context: Context, viewer: Session, { line, holder: id, username }: Unseen): ContentRow {
  const entry = decodeFileLine(line);
  const session = context.sessions.find(id)?.session;
  const isSource = session !== undefined && isVisibleTo(session.remoteAddress, viewer.remoteAddress);
  const holder = { id, username, path: entry.path, presence: session ? 'online' : 'offline' } as const;
  return {
    ...entry,
    sourceCount: isSource ? 1 : 0,
    holderCount: 1,
    holders: isSource || !session ? [holder] : [],
  };
}
