/** Peers that publish at full speed for as long as they are let: each replaces its list by another, over and over. */
import { loadOrCreateIdentity } from '../../../src/transport/identity.ts';
import type { Caller } from '../../../src/transport/caller.ts';
import { connectAs, type ServerAddress } from '../client.ts';
import { takeOrders } from '../crew.ts';
import { inFolder, openLists, publishList } from '../publish-list.ts';

export type LoadOrder = {
  readonly server: ServerAddress;
  readonly usernames: readonly string[];
  /** Lines that the lists are made of. */
  readonly listsFile: string;
  readonly start: number;
  readonly end: number;
  readonly filesEach: number;
};

export type Load = { readonly entries: number; readonly ms: number };

type Publisher = { readonly caller: Caller; readonly lists: readonly [Buffer, Buffer] };

let running: { stop: boolean; readonly done: Promise<Load> } | undefined;

async function begin(order: LoadOrder): Promise<void> {
  const identity = await loadOrCreateIdentity(order.server.identityFile);
  const file = await openLists(order.listsFile);
  const lines = await file.read(order);
  await file.close();
  const publishers = await Promise.all(
    order.usernames.map(async (username): Promise<Publisher> => {
      const listIn = (folder: string) => inFolder(folder, lines, order.filesEach);
      const caller = await connectAs(order.server.joinLink, identity, username);
      return { caller, lists: [listIn(`${username} one`), listIn(`${username} other`)] };
    }),
  );
  const state = { stop: false };
  running = Object.assign(state, { done: publishUntil(() => state.stop, publishers, order.filesEach) });
}

async function publishUntil(
  stopped: () => boolean,
  publishers: readonly Publisher[],
  filesEach: number,
): Promise<Load> {
  const startMs = performance.now();
  let entries = 0;
  await Promise.all(
    publishers.map(async ({ caller, lists }) => {
      for (let round = 0; !stopped(); round += 1) {
        await publishList(caller, lists[round % 2 === 0 ? 0 : 1]);
        entries += filesEach;
      }
    }),
  );
  const ms = performance.now() - startMs;
  for (const { caller } of publishers) await publishList(caller, Buffer.alloc(0));
  for (const { caller } of publishers) caller.close();
  return { entries, ms };
}

/** Lets the lists under way finish, takes them back, and says how much was published since `begin`. */
async function end(): Promise<Load> {
  if (!running) throw new Error('nobody publishes');
  running.stop = true;
  const load = await running.done;
  running = undefined;
  return load;
}

/** Takes back the lists of accounts. */
async function empty({ joinLink, identityFile }: ServerAddress, usernames: readonly string[]): Promise<void> {
  const identity = await loadOrCreateIdentity(identityFile);
  for (const username of usernames) {
    const caller = await connectAs(joinLink, identity, username);
    await publishList(caller, Buffer.alloc(0));
    caller.close();
  }
}

const tasks = { begin, end, empty };
export type LoadTasks = typeof tasks;
takeOrders(tasks);
