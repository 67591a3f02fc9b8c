import type { Needs } from '../context.ts';
import type { LoggedIn } from '../session.ts';

/** UNWATCH [PROTOCOL §6.3]: takes a standing search back. @throws SwapmeetError `unknown-watch`, `busy` */
export async function unwatch(
  context: Needs<never, 'standing' | 'watchLimiter'>,
  peer: LoggedIn,
  { watch }: { readonly watch: string },
): Promise<undefined> {
  context.watchLimiter.admit(peer.session.remoteAddress);
  await context.standing.call('unwatch', [peer.id, watchKey(watch)]);
}

/** The number that the id of a watch stands for; one that none has where it is no number. */
export function watchKey(watch: string): number {
  return /^\d{1,15}$/.test(watch) ? Number(watch) : 0;
}
