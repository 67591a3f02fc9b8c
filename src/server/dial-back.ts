import { SwapmeetError } from '../domain/errors.ts';
import type { Channel, Endpoint } from '../transport/channel.ts';
import { dial, dialPlaintext } from '../transport/dialler.ts';
import type { Identity } from '../transport/identity.ts';
import { scopeOf } from '../catalog/address-scope.ts';
import { createSemaphore } from './semaphore.ts';

/**
 * Makes sure that a peer is where it would be published: dials it and, where its session has a key, has it prove that.
 * So nobody can point the network at a third party. [PROTOCOL §10]
 *
 * @param key of the session; without one (plaintext) that somebody accepts the connection is enough, on loopback
 * @throws SwapmeetError `unreachable`, `wrong-key`, `busy`
 */
export type DialBack = (target: Endpoint, key: string | undefined, signal: AbortSignal) => Promise<void>;

const TIMEOUT_MS = 10_000;
const CONCURRENCY = 64;
const WAITING_MAX = 10_000;

export function createDialBack(identity: Identity): DialBack {
  const semaphore = createSemaphore(CONCURRENCY, WAITING_MAX);

  async function open({ address, port }: Endpoint, key: string | undefined, signal: AbortSignal): Promise<Channel> {
    const target = { host: address, port, timeoutMs: TIMEOUT_MS, signal };
    if (key !== undefined) return dial({ ...target, identity, expectedKey: key });
    if (scopeOf(address) === 'loopback') return dialPlaintext(target);
    throw new SwapmeetError('unreachable', 'only a peer that shows a certificate can be told from others');
  }

  return (target, key, signal) =>
    semaphore.run(async () => {
      const channel = await open(target, key, signal);
      channel.destroy();
    });
}
