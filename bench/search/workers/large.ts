/** One peer with a list as large as they get: publishes it, changes it, and looks when the change is found. */
import { randomBytes } from 'node:crypto';
import { encodeChangeLine } from '../../../src/protocol/codecs/list-changes.ts';
import type { Caller } from '../../../src/transport/caller.ts';
import { loadOrCreateIdentity } from '../../../src/transport/identity.ts';
import { idOf } from '../accounts.ts';
import { connectAs, REPLY_TIMEOUT_MS, type ServerAddress } from '../client.ts';
import { entryOf } from '../content-of.ts';
import { takeOrders } from '../crew.ts';
import { inFolder, openLists, publishList } from '../publish-list.ts';

export type LargeOrder = {
  readonly server: ServerAddress;
  readonly username: string;
  /** Who looks for the changes, on a connection of its own. */
  readonly asker: string;
  readonly listsFile: string;
  /** The bytes of it that are read, and the lines of those that are used. */
  readonly end: number;
  readonly files: number;
};

const CHANGES = 100;
const VISIBLE_WITHIN_MS = 60_000;
const options = { timeoutMs: REPLY_TIMEOUT_MS };

type Setting = { readonly owner: Caller; readonly asker: Caller; readonly order: LargeOrder; list: Buffer };

let setting: Setting | undefined;

function current(): Setting {
  if (!setting) throw new Error('nobody is connected');
  return setting;
}

async function connect(order: LargeOrder): Promise<void> {
  const identity = await loadOrCreateIdentity(order.server.identityFile);
  const owner = await connectAs(order.server.joinLink, identity, order.username);
  const asker = await connectAs(order.server.joinLink, identity, order.asker);
  setting = { owner, asker, order, list: Buffer.alloc(0) };
}

/** Makes a list whose paths all lie in `folder`; none of them for no folder. Not timed. */
async function prepare(folder: string | undefined): Promise<void> {
  const state = current();
  const { listsFile, end, files } = state.order;
  if (folder === undefined) {
    state.list = Buffer.alloc(0);
    return;
  }
  const lists = await openLists(listsFile);
  state.list = inFolder(folder, await lists.read({ start: 0, end }), files);
  await lists.close();
}

/** The time until the prepared list is in effect, in ms. */
async function publish(): Promise<number> {
  const { owner, list } = current();
  const startMs = performance.now();
  await publishList(owner, list);
  return performance.now() - startMs;
}

/** The time from a LIST_DELTA of 100 new files being sent until a FIND that was asked again and again shows the last of them. */
async function change(): Promise<number> {
  const { owner, asker, order } = current();
  const { revision } = await owner.call('LIST_STATE', { id: idOf(order.username) }, options);
  const word = `delta${randomBytes(8).toString('hex')}`;
  const changes = Buffer.from(
    Array.from({ length: CHANGES }, (_, number) =>
      encodeChangeLine({ add: entryOf(`new/${word}/file-${number + 1}.txt`, order.files) }),
    ).join('\n'),
  );
  const startMs = performance.now();
  const [, ms] = await Promise.all([
    owner.call('LIST_DELTA', { revision, changes }, options),
    untilFound(asker, `${word} file-${CHANGES}`, startMs),
  ]);
  return ms;
}

async function untilFound(asker: Caller, query: string, startMs: number): Promise<number> {
  while (performance.now() - startMs < VISIBLE_WITHIN_MS) {
    const { rows } = await asker.call('FIND', { query, holders: 'all', limit: 1 }, options);
    if (rows.length > 0) return performance.now() - startMs;
  }
  throw new Error(`a change was not found within ${VISIBLE_WITHIN_MS / 1000} s`);
}

function close(): void {
  const { owner, asker } = current();
  owner.close();
  asker.close();
  setting = undefined;
}

const tasks = { connect, prepare, publish, change, close };
export type LargeTasks = typeof tasks;
takeOrders(tasks);
