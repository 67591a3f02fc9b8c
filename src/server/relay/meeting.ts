import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';

/** Two ends of a connection to come: each has to come with its key, once, and in time. */
export type Meeting = {
  readonly keys: readonly [string, string];
  /** Resolves, when both have come, to what takes this one's connection. @throws SwapmeetError `bad-token`, `timeout`, `unreachable` */
  join(key: string, signal: AbortSignal): Promise<(channel: Channel) => void>;
  /** Both connections, once each was handed over. Rejects where one does not come, or leaves before that. */
  readonly channels: Promise<readonly [Channel, Channel]>;
  /** Closes what was handed over, and fails if that was not both. */
  end(): void;
};

export function createMeeting(keys: readonly [string, string], timeoutMs: number): Meeting {
  const came = new Set<string>();
  const handedOver: Channel[] = [];
  let hasBegun = false;
  let hasFailed = false;
  const both = Promise.withResolvers<undefined>();
  const channels = Promise.withResolvers<readonly [Channel, Channel]>();
  const timer = setTimeout(() => {
    fail(new SwapmeetError('timeout', 'the other peer did not come to the connection in time'));
  }, timeoutMs);
  // Whoever comes is told; nobody has to.
  both.promise.catch(() => undefined);

  function close(): void {
    for (const channel of handedOver) channel.destroy();
  }

  function fail(reason: SwapmeetError): void {
    // From then on the connection ends as its ends do, and not before all is passed on.
    if (hasBegun) return;
    hasFailed = true;
    clearTimeout(timer);
    both.reject(reason);
    channels.reject(reason);
    close();
  }

  function handOver(channel: Channel): void {
    // The other one left, or the time was over, while this one was still being told that both have come.
    if (hasFailed) {
      channel.destroy();
      return;
    }
    handedOver.push(channel);
    const [one, other] = handedOver;
    if (one === undefined || other === undefined) return;
    clearTimeout(timer);
    hasBegun = true;
    channels.resolve([one, other]);
  }

  return {
    keys,
    channels: channels.promise,
    join: async (key, signal) => {
      if (!keys.includes(key) || came.has(key)) {
        throw new SwapmeetError('bad-token', 'the token is not for this key, or was used already');
      }
      came.add(key);
      const onGone = (): void => {
        fail(new SwapmeetError('unreachable', 'the other peer left before the connection began'));
      };
      if (signal.aborted) onGone();
      signal.addEventListener('abort', onGone, { once: true });
      if (came.size === keys.length) both.resolve(undefined);
      await both.promise;
      return handOver;
    },
    end: () => {
      fail(new SwapmeetError('shutting-down', 'the server stops; come back later'));
      close();
    },
  };
}
