import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';

/** Takes a connection over, once it is known to be the one that was expected. */
export type TakeOver = (channel: Channel) => void;

/** The connections that other peers are to make to this one, since it asked them to. */
export type ExpectedAnswers = {
  /**
   * Resolves with the connection on which a peer answers.
   *
   * @param key of that peer
   * @param token resolves once the server has said under which token; what answers before that waits for it
   * @param signal gives it up
   * @throws what `token` rejects with; the signal's reason
   */
  expect(key: string, token: Promise<string>, signal: AbortSignal): Promise<Channel>;
  /**
   * Somebody answers. A token is good once, and only for the key that was expected under it.
   *
   * @param key of the connection
   * @throws SwapmeetError `bad-token`
   */
  readonly take: (token: string, key: string | undefined) => Promise<TakeOver>;
};

type Expected = {
  readonly key: string;
  readonly token: Promise<string>;
  readonly takeOver: TakeOver;
};

export function createExpectedAnswers(): ExpectedAnswers {
  const all = new Set<Expected>();

  async function find(token: string, key: string): Promise<Expected | undefined> {
    for (const expected of [...all].filter((other) => other.key === key)) {
      const isIt = await expected.token.then(
        (known) => known === token,
        () => false,
      );
      if (isIt && all.has(expected)) return expected;
    }
    return undefined;
  }

  return {
    async expect(key, token, signal) {
      const answered = Promise.withResolvers<Channel>();
      const expected: Expected = {
        key,
        token,
        takeOver: (channel) => {
          // It may have been given up since the token was found to be right.
          if (isOver) channel.destroy();
          else answered.resolve(channel);
        },
      };
      let isOver = false;
      const onAbort = (): void => {
        answered.reject(signal.reason);
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      token.catch(answered.reject);
      all.add(expected);
      try {
        return await answered.promise;
      } finally {
        isOver = true;
        all.delete(expected);
        signal.removeEventListener('abort', onAbort);
      }
    },
    async take(token, key) {
      const expected = key === undefined ? undefined : await find(token, key);
      if (!expected) {
        throw new SwapmeetError('bad-token', 'no answer is expected from this peer under this token (any more)');
      }
      all.delete(expected);
      return expected.takeOver;
    },
  };
}
