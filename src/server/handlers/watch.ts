import { SwapmeetError } from '../../domain/errors.ts';
import { PAGE_ROWS_MAX } from '../../protocol/limits.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';
import { LOOK_PAGES_MAX } from './seen.ts';

/**
 * WATCH [PROTOCOL §6.3]: leaves a standing search. Contents that are there already are none that appear: they are
 * remembered as told, as far as FIND ranks all that matches. Left again, it tells again what has not been seen.
 *
 * @throws SwapmeetError `bad-query`, `too-many-watches`, `busy`
 */
export async function watch(
  context: Needs<'find', 'standing' | 'watchLimiter' | 'log' | 'now'>,
  peer: LoggedIn,
  { query }: { readonly query: string },
): Promise<{ readonly watch: string }> {
  context.watchLimiter.admit(peer.session.remoteAddress);
  const { watch: key, isNew } = await context.standing.call('watch', [peer.id, query]);
  if (isNew) {
    await rememberPresent(context, key, query);
    context.log.info({ id: peer.id, username: peer.username, watch: key }, 'watch left');
  } else peer.matches.again(key);
  return { watch: String(key) };
}

async function rememberPresent(
  context: Needs<'find', 'standing' | 'log' | 'now'>,
  key: number,
  query: string,
): Promise<void> {
  let after: string | undefined;
  try {
    for (let pages = 0; pages < LOOK_PAGES_MAX; pages += 1) {
      const page = await context.catalog.find(query, { holders: 'all', limit: PAGE_ROWS_MAX, after }, context.now());
      const contents = page.rows.map(({ sha1, sizeBytes, root }) =>
        root === undefined ? { sha1, sizeBytes } : { sha1, sizeBytes, root },
      );
      await context.standing.call('know', [key, contents]);
      after = page.next;
      if (page.bounded) break;
      if (after === undefined) return;
    }
  } catch (error) {
    if (!(error instanceof SwapmeetError) || (error.code !== 'timeout' && error.code !== 'busy')) throw error;
    // The watch is told of some that were there, when their peers publish them again.
    context.log.debug({ err: error, watch: key }, 'what is there already was not looked up');
  }
  await context.standing.call('overfull', [key]);
}
