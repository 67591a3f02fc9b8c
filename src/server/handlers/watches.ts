import { SwapmeetError } from '../../domain/errors.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import type { Watch } from '../../protocol/codecs/watch.ts';
import { PAGE_ROWS_DEFAULT } from '../../protocol/limits.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';
import { watchKey } from './unwatch.ts';

/** WATCHES [PROTOCOL §6.3]: the standing searches of the peer that asks. @throws SwapmeetError `bad-request` */
export async function watches(
  context: Needs<never, 'standing'>,
  peer: LoggedIn,
  { after, limit = PAGE_ROWS_DEFAULT }: PageRequest,
): Promise<Page<Watch>> {
  const afterWatch = after === undefined ? 0 : watchKey(after);
  if (after !== undefined && afterWatch === 0) {
    throw new SwapmeetError('bad-request', 'after is not what a page of WATCHES gave as next: begin without it');
  }
  return context.standing.call('watches', [peer.id, afterWatch, limit]);
}
