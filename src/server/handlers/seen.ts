import type { SeenRequest } from '../../protocol/codecs/watch.ts';
import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';
import { watchKey } from './unwatch.ts';

/** SEEN [PROTOCOL §6.3]: matches up to a mark have arrived, and are not told again. @throws SwapmeetError `unknown-watch` */
export async function seen(
  context: Needs<never, 'standing'>,
  peer: LoggedIn,
  { watch, mark }: SeenRequest,
): Promise<undefined> {
  await context.standing.call('seen', [peer.id, watchKey(watch), mark]);
}
