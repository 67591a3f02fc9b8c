import type { Logger } from 'pino';
import { SwapmeetError, toSwapmeetError } from '../../domain/errors.ts';
import type { Call } from '../../protocol/codecs/reach.ts';
import { askOnce } from '../../transport/ask-once.ts';
import type { Channel } from '../../transport/channel.ts';
import { dial } from '../../transport/dialler.ts';
import { acceptInnerTls } from '../../transport/inner-tls.ts';
import { meetAtServer, type WaysContext } from './ways.ts';

export type AnswerOptions = Pick<WaysContext, 'server' | 'identity'> & {
  /** Serves the peer at the other end, like one that has dialled. */
  readonly accept: (channel: Channel) => void;
  readonly log: Logger;
};

/** Answers the server's calls to meet other peers. */
export type CallAnswerer = {
  readonly answer: (call: Call) => void;
  /** Gives up what is under way. */
  readonly close: () => Promise<void>;
};

/** Calls that are answered at once; a server that sends more is not followed. */
const UNDER_WAY_MAX = 32;
/** Of one peer, so that one that calls again and again without coming itself leaves room for the others. */
const UNDER_WAY_A_PEER_MAX = 8;
/** Connections that came of calls, beside those that a listener bounds. */
const MET_MAX = 500;
const TIMEOUT_MS = 12_000;

export function createCallAnswerer(options: AnswerOptions): CallAnswerer {
  const { accept, log } = options;
  const stop = new AbortController();
  // With the key of whoever is to be met.
  const underWay = new Map<Promise<void>, string>();
  let met = 0;

  async function answer(call: Call): Promise<void> {
    try {
      const channel = await (call.way === 'dial'
        ? dialCaller(options, call, stop.signal)
        : meet(options, call, stop.signal));
      if (stop.signal.aborted) channel.destroy();
      else serve(channel);
    } catch (error) {
      const { code, message } = toSwapmeetError(error);
      log.info({ code, way: call.way, key: call.key }, `a peer that wanted a connection was not reached: ${message}`);
    }
  }

  function serve(channel: Channel): void {
    met += 1;
    void channel.closed.then(() => (met -= 1));
    accept(channel);
  }

  function isFull({ key }: Call): boolean {
    return met >= MET_MAX || underWay.size >= UNDER_WAY_MAX || countOf(key) >= UNDER_WAY_A_PEER_MAX;
  }

  function countOf(key: string): number {
    return [...underWay.values()].filter((other) => other === key).length;
  }

  return {
    answer: (call) => {
      if (stop.signal.aborted || isFull(call)) return;
      const answering = answer(call).finally(() => underWay.delete(answering));
      underWay.set(answering, call.key);
    },
    close: async () => {
      stop.abort();
      await Promise.all(underWay.keys());
    },
  };
}

/** Dials who asked for it; from ANSWER's OK on the other side asks. [PROTOCOL §7.7] */
async function dialCaller({ identity }: AnswerOptions, call: Call, signal: AbortSignal): Promise<Channel> {
  const { address, token, key: expectedKey } = call;
  if (!address) throw new SwapmeetError('protocol-error', 'the server did not say where to dial');
  const channel = await dial({ ...address, identity, expectedKey, timeoutMs: TIMEOUT_MS, signal });
  await askOnce(channel, 'ANSWER', { token }, { timeoutMs: TIMEOUT_MS, signal });
  return channel;
}

async function meet(options: AnswerOptions, { token, key }: Call, signal: AbortSignal): Promise<Channel> {
  const channel = await meetAtServer({ ...options, token, signal });
  return acceptInnerTls(channel, { ...options, expectedKey: key, timeoutMs: TIMEOUT_MS, signal });
}
