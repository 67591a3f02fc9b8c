import type { ContentRow } from '../../protocol/codecs/find.ts';
import type { SeenRequest } from '../../protocol/codecs/watch.ts';
import { PAGE_ROWS_MAX } from '../../protocol/limits.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';
import type { Found } from '../standing/standing-work.ts';
import { watchKey } from './unwatch.ts';

type Context = Needs<'find', 'standing' | 'log' | 'now'>;

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
  tellLeftOut(context, peer, key, leftOut).catch((err: unknown) => {
    context.log.debug({ err, watch: key }, 'matches that were left out were not looked for');
  });
}

async function tellLeftOut(context: Context, peer: LoggedIn, key: number, query: string): Promise<void> {
  const contents = await lookUp(context, peer, query).catch((err: unknown) => {
    context.log.debug({ err, watch: key }, 'matches that were left out are looked for when more are seen');
    return undefined;
  });
  if (await context.standing.call('found', [key, contents])) peer.matches.notify([key]);
}

/**
 * What matches, as far as it fits into the page of which the watch has remembered what was there before; nothing where it does
 * not, so that nobody is told of what was there as if it appeared.
 */
async function lookUp(context: Context, peer: LoggedIn, query: string): Promise<readonly Found[] | undefined> {
  const page = await context.catalog.find(query, { holders: 'all', limit: PAGE_ROWS_MAX }, context.now());
  if (page.bounded || page.next !== undefined) return undefined;
  return page.rows.flatMap((row) => foundIn(row, peer.id));
}

function foundIn({ sizeBytes, sha1, root, holders }: ContentRow, watcher: string): Found[] {
  if (holders.some(({ id }) => id === watcher)) return [];
  return holders.slice(0, 1).map(({ id, username, path }) => ({
    publisher: { id, username },
    entry: root === undefined ? { path, sizeBytes, sha1 } : { path, sizeBytes, sha1, root },
  }));
}
