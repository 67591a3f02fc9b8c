/** The searching side: times each FIND from the call until the parsed reply is there. */
import { toSwapmeetError } from '../../../src/domain/errors.ts';
import type { HolderScope } from '../../../src/protocol/codecs/find.ts';
import { loadOrCreateIdentity } from '../../../src/transport/identity.ts';
import type { Caller } from '../../../src/transport/caller.ts';
import { connectAs, REPLY_TIMEOUT_MS, type ServerAddress } from '../client.ts';
import { takeOrders } from '../crew.ts';

export type Asked = { readonly ms: readonly number[]; readonly rows: number };
export type AskedAtOnce = { readonly searches: number; readonly ms: number };

/** As many as `plocate -l 100` lists. */
const ROWS = 100;

let callers: Caller[] = [];

/** A connection for each account. */
async function connect({ joinLink, identityFile }: ServerAddress, usernames: readonly string[]): Promise<void> {
  for (const caller of callers) caller.close();
  const identity = await loadOrCreateIdentity(identityFile);
  callers = await Promise.all(usernames.map((username) => connectAs(joinLink, identity, username)));
}

function callerAt(index: number): Caller {
  const caller = callers[index];
  if (!caller) throw new Error('no client is connected');
  return caller;
}

async function find(caller: Caller, query: string, holders: HolderScope): Promise<number> {
  const { rows } = await caller.call('FIND', { query, holders, limit: ROWS }, { timeoutMs: REPLY_TIMEOUT_MS });
  return rows.length;
}

/** A pass that takes longer ends early: the figures tell how many searches there were. */
const PASS_MS_MAX = 60_000;

/** One query after the other on one connection. */
async function ask(queries: readonly string[], scope: HolderScope): Promise<Asked> {
  const caller = callerAt(0);
  const ms: number[] = [];
  let rows = 0;
  const endMs = performance.now() + PASS_MS_MAX;
  for (const query of queries) {
    const startMs = performance.now();
    if (startMs > endMs) break;
    rows += await find(caller, query, scope);
    ms.push(performance.now() - startMs);
  }
  return { ms, rows };
}

/** All connections at once, each asking the next query as soon as it has a reply, for some time. */
async function askAtOnce(queries: readonly string[], scope: HolderScope, lastsMs: number): Promise<AskedAtOnce> {
  const startMs = performance.now();
  let searches = 0;
  await Promise.all(
    callers.map(async (caller, number) => {
      // Not all the same query at the same time.
      for (let at = number * 31; performance.now() - startMs < lastsMs; at += 1) {
        await find(caller, queries[at % queries.length] ?? '', scope);
        searches += 1;
      }
    }),
  );
  return { searches, ms: performance.now() - startMs };
}

/** So often a server is asked that needs longer to count than it has for a reply: it goes on counting meanwhile. */
const COUNT_ATTEMPTS = 12;

/** How many entries the server has. */
async function countEntries(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { entries } = await callerAt(0).call('NETWORK', undefined, { timeoutMs: REPLY_TIMEOUT_MS });
      return entries;
    } catch (error) {
      if (toSwapmeetError(error).code !== 'timeout' || attempt === COUNT_ATTEMPTS) throw error;
    }
  }
}

type Left = { readonly caller: Caller; readonly watch: string };
let left: readonly Left[] = [];

/** Leaves queries as watches, of all accounts together. Returns how many there are. */
async function watch(queries: readonly string[]): Promise<number> {
  const lanes = callers.map(async (caller, number) => {
    const own: Left[] = [];
    for (let at = number; at < queries.length; at += callers.length) {
      const query = queries[at] ?? '';
      own.push({ caller, ...(await caller.call('WATCH', { query }, { timeoutMs: REPLY_TIMEOUT_MS })) });
    }
    return own;
  });
  left = (await Promise.all(lanes)).flat();
  return left.length;
}

async function unwatchAll(): Promise<void> {
  await Promise.all(left.map(({ caller, watch: id }) => caller.call('UNWATCH', { watch: id })));
  left = [];
}

const tasks = { connect, ask, askAtOnce, countEntries, watch, unwatchAll };
export type AskTasks = typeof tasks;
takeOrders(tasks);
