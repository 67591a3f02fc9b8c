/**
 * Feels the server's pulse from outside: a KEEP_ALIVE every 5 ms on a connection of its own, each timed from the call to the reply
 * and sent whether or not the one before was answered. While the server's thread is held up all of them wait, so the longest wait is
 * its longest pause, and a little more. What the clock of the pinging thread itself was late is told beside it.
 */
import { loadOrCreateIdentity } from '../../../src/transport/identity.ts';
import type { Caller } from '../../../src/transport/caller.ts';
import { idOf } from '../accounts.ts';
import { connectAs, listenForServer, REPLY_TIMEOUT_MS, type ServerAddress } from '../client.ts';
import { takeOrders } from '../crew.ts';

export type Pulse = {
  /** What each KEEP_ALIVE waited for its reply. */
  readonly ms: readonly number[];
  /** The most that this thread itself was late with one. */
  readonly ownLateMs: number;
};

const EVERY_MS = 5;

let current: { readonly stop: () => Promise<Pulse> } | undefined;

async function begin({ joinLink, identityFile }: ServerAddress, username: string): Promise<void> {
  const identity = await loadOrCreateIdentity(identityFile);
  // At each KEEP_ALIVE of a peer that is not published the server would dial it back.
  const listener = await listenForServer(identity);
  const caller = await connectAs(joinLink, identity, username, listener.port);
  const { stop } = beat(caller, idOf(username));
  current = {
    stop: async () => {
      const pulse = await stop();
      await listener.close();
      return pulse;
    },
  };
}

function beat(caller: Caller, id: string): { readonly stop: () => Promise<Pulse> } {
  const ms: number[] = [];
  let ownLateMs = 0;
  let lastMs = performance.now();
  const waiting = new Set<Promise<void>>();
  const ping = async (startMs: number): Promise<void> => {
    await caller.call('KEEP_ALIVE', { id }, { timeoutMs: REPLY_TIMEOUT_MS });
    ms.push(performance.now() - startMs);
  };
  const timer = setInterval(() => {
    const nowMs = performance.now();
    ownLateMs = Math.max(ownLateMs, nowMs - lastMs - EVERY_MS);
    lastMs = nowMs;
    const pinged: Promise<void> = ping(nowMs).finally(() => waiting.delete(pinged));
    waiting.add(pinged);
  }, EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(waiting);
      caller.close();
      return { ms, ownLateMs };
    },
  };
}

/** What was felt since `begin`. */
async function end(): Promise<Pulse> {
  if (!current) throw new Error('nobody pings');
  const { stop } = current;
  current = undefined;
  return stop();
}

const tasks = { begin, end };
export type PingTasks = typeof tasks;
takeOrders(tasks);
