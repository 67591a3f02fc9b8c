import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';
import type { WayKind } from './findings.ts';
import { race, type Attempt, type Failures } from './race.ts';
import type { WayMemory } from './way-memory.ts';
import type { Reachable, Way } from './ways.ts';

/** A connection with another peer, and how it came about. */
export type ReachedChannel = Channel & { readonly way: WayKind };

/**
 * A connection to a peer that was listed as a source, in the way that works first.
 *
 * @throws SwapmeetError `unreachable` where no way does, or as the only way there is failed; the signal's reason
 */
export type Connect = (target: Reachable, signal: AbortSignal) => Promise<ReachedChannel>;

export type ConnectorOptions = {
  readonly waysTo: (target: Reachable) => readonly Way[];
  readonly memory: WayMemory;
  readonly log: Logger;
  readonly timing?: ConnectTiming;
};

/** All in ms. */
export type ConnectTiming = {
  /** How long after the attempt before it one begins, by its kind. */
  readonly afterMs: Readonly<Record<WayKind, number>>;
  /** When a better way than the relay is looked for, for the first time; each time after that takes twice as long. */
  readonly improveFirstMs: number;
  readonly improveLastMs: number;
};

/** Addresses as RFC 8305 §5 has it; what costs others more begins later. */
export const CONNECT_TIMING: ConnectTiming = {
  afterMs: { direct: 250, private: 250, 'dial-back': 500, relay: 1_000 },
  improveFirstMs: 60_000,
  improveLastMs: 15 * 60_000,
};

export function createConnector({ waysTo, memory, log, timing = CONNECT_TIMING }: ConnectorOptions): Connect {
  function attemptOf({ kind, open }: Way): Attempt<ReachedChannel> {
    return { afterMs: timing.afterMs[kind], open: async (signal) => ({ ...(await open(signal)), way: kind }) };
  }

  async function connectBy(target: Reachable, ways: readonly Way[], signal: AbortSignal): Promise<ReachedChannel> {
    const outcome = await race(ways.map(attemptOf), discard, signal);
    if ('failures' in outcome) throw failureOf(target, ways, outcome.failures);
    memory.remember(target.key, outcome.value.way);
    return outcome.value;
  }

  /**
   * While a connection goes through the relay, looks for a way that needs none, and ends it once there is one: who uses it
   * connects anew, and goes on where it was. A way that takes longer than the relay is given ahead would lose to it again.
   */
  async function improve(target: Reachable, relayed: Channel, ended: AbortSignal): Promise<void> {
    for (let waitMs = timing.improveFirstMs; ; waitMs = Math.min(2 * waitMs, timing.improveLastMs)) {
      await delay(waitMs, undefined, { signal: ended });
      const others = waysTo(target).filter(({ kind }) => kind !== 'relay');
      const inTime = AbortSignal.any([ended, AbortSignal.timeout(timing.afterMs.relay)]);
      const better = await connectBy(target, others, inTime).catch(() => undefined);
      if (!better) continue;
      log.info({ peer: target.username, way: better.way }, 'reached without the relay');
      better.destroy();
      relayed.destroy();
      return;
    }
  }

  function improveWhileOpen(target: Reachable, relayed: Channel): void {
    const ended = new AbortController();
    void relayed.closed.then(() => {
      ended.abort();
    });
    improve(target, relayed, ended.signal).catch(() => undefined);
  }

  return async (target, signal) => {
    const channel = await connectBy(target, withFirst(waysTo(target), memory.recall(target.key)), signal);
    log.debug({ peer: target.username, way: channel.way }, 'connected');
    if (channel.way === 'relay') improveWhileOpen(target, channel);
    return channel;
  };
}

function discard(channel: Channel): void {
  channel.destroy();
}

/** The same ways, those of a kind before all others. */
function withFirst(ways: readonly Way[], first: WayKind | undefined): Way[] {
  return [...ways.filter(({ kind }) => kind === first), ...ways.filter(({ kind }) => kind !== first)];
}

function failureOf({ username }: Reachable, ways: readonly Way[], failures: Failures): SwapmeetError {
  const [only, another] = failures;
  if (only && !another) return only;
  const reasons = ways.map(({ kind, address }, place) => {
    const by = address === undefined ? kind : `${kind} (${address})`;
    return `${by}: ${failures[place]?.message ?? 'not tried'}`;
  });
  return new SwapmeetError('unreachable', `${username} can't be reached; ${reasons.join('; ')}`, { cause: only });
}
