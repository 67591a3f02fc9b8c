import type { ContentRow } from '../../protocol/codecs/find.ts';
import type { SeenRequest } from '../../protocol/codecs/watch.ts';
import { PAGE_ROWS_MAX } from '../../protocol/limits.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';
import type { Found } from '../standing/standing-work.ts';
import { watchKey } from './unwatch.ts';

/** Pages of FIND that one look goes through: as much as a watch remembers. */
export const LOOK_PAGES_MAX = 100;

type Context = Needs<'find', 'standing' | 'looks' | 'log' | 'now'>;

/**
 * SEEN [PROTOCOL §6.3]: matches up to a mark have arrived, and are not told again. Where all have, those that were left out are
 * looked for behind the OK, and told.
 *
 * @throws SwapmeetError `unknown-watch`
 */
export async function seen(context: Context, peer: LoggedIn, { watch, mark }: SeenRequest): Promise<undefined> {
  const key = watchKey(watch);
  const { leftOut } = await context.standing.call('seen', [peer.id, key, mark]);
  if (leftOut === undefined) return;
  context.looks
    .run(peer.id, () => tellLeftOut(context, peer, key, leftOut))
    .catch((err: unknown) => {
      context.log.debug({ err, watch: key }, 'matches that were left out were not looked for');
    });
}

async function tellLeftOut(context: Context, peer: LoggedIn, key: number, query: string): Promise<void> {
  const outcome = await lookUp(context, peer, key, query).catch((err: unknown) => {
    context.log.debug({ err, watch: key }, 'matches that were left out are looked for when more are seen');
    return 'later' as const;
  });
  await context.standing.call('looked', [key, outcome]);
}

/**
 * Tells of all that matches and was not told yet, page by page, until nothing is left, or no room: then it is done again when that
 * was seen. Where only a bounded set is ranked nobody can say what is left.
 */
async function lookUp(
  context: Context,
  peer: LoggedIn,
  key: number,
  query: string,
): Promise<'all' | 'unknown' | 'later'> {
  let after: string | undefined;
  for (let pages = 0; pages < LOOK_PAGES_MAX; pages += 1) {
    const page = await context.catalog.find(query, { holders: 'all', limit: PAGE_ROWS_MAX, after }, context.now());
    if (page.bounded) return 'unknown';
    const contents = page.rows.flatMap((row) => foundIn(row, peer.id));
    const { isNew, hasRoom } = await context.standing.call('found', [key, contents]);
    if (isNew) peer.matches.notify([key]);
    if (!hasRoom) return 'later';
    if (page.next === undefined) return 'all';
    after = page.next;
  }
  return 'unknown';
}

function foundIn({ sizeBytes, sha1, root, holders }: ContentRow, watcher: string): Found[] {
  if (holders.some(({ id }) => id === watcher)) return [];
  return holders.slice(0, 1).map(({ id, username, path }) => ({
    publisher: { id, username },
    entry: root === undefined ? { path, sizeBytes, sha1 } : { path, sizeBytes, sha1, root },
  }));
}
