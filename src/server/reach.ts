import { toSwapmeetError } from '../domain/errors.ts';
import type { Endpoint } from '../transport/channel.ts';
import type { Needs } from './context.ts';
import type { Reach } from './session.ts';

/**
 * @param holder who logged in
 * @param target the address that the peer was seen at, and the port that it named
 * @param key of the connection that logged in
 */
export function createReach(
  context: Needs<'setAddress', 'accounts' | 'dialBack' | 'log'>,
  holder: { readonly id: string; readonly username: string },
  target: Endpoint,
  key: string | undefined,
): Reach {
  const { id, username } = holder;
  const stopped = new AbortController();
  let published: Endpoint | undefined;
  let underWay: Promise<void> | undefined;

  /** Sessions begin and end under the same lock, so an address never outlives its session. */
  async function publish(): Promise<void> {
    if (stopped.signal.aborted) return;
    await context.catalog.setAddress(id, { ...target, key });
    published = target;
    context.log.info({ id, username, ...target }, 'published');
  }

  async function dialBack(): Promise<void> {
    try {
      await context.dialBack(target, key, stopped.signal);
      await context.accounts.run(username, publish);
    } catch (error) {
      if (stopped.signal.aborted) return;
      const { code, message } = toSwapmeetError(error);
      const level = code === 'internal' ? 'error' : 'info';
      context.log[level]({ id, username, ...target, code, reason: message }, 'not published');
    } finally {
      underWay = undefined;
    }
  }

  return {
    address: () => published,
    attempt: async () => {
      if (!published) await (underWay ??= dialBack());
    },
    stop: () => {
      stopped.abort();
    },
  };
}
