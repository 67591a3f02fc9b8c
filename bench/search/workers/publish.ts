/** The publishing side: many peers that send their lists through a few connections, and those of them that stay online. */
import { loadOrCreateIdentity, type Identity } from '../../../src/transport/identity.ts';
import type { Listener } from '../../../src/transport/listener.ts';
import type { Caller } from '../../../src/transport/caller.ts';
import { idOf, PASSWORD } from '../accounts.ts';
import { connect, connectAs, listenForServer, REPLY_TIMEOUT_MS, resume, type ServerAddress } from '../client.ts';
import { takeOrders } from '../crew.ts';
import type { PeerList } from '../dataset.ts';
import { openLists, publishList } from '../publish-list.ts';
import type { Mark } from '../rates.ts';

export type PublishOrder = {
  readonly server: ServerAddress;
  readonly listsFile: string;
  /** Who stays, stays online, on a connection of its own. */
  readonly peers: readonly (PeerList & { readonly stays: boolean })[];
  readonly connections: number;
};

/** How the confirmed entries grew. */
export type Published = { readonly marks: readonly Mark[] };

/** Peers under way on one connection: the next one's request is there when the last one's reply leaves. */
const PEERS_AHEAD = 2;
const MARK_EVERY_MS = 100;

type Lists = Awaited<ReturnType<typeof openLists>>;

/** Where those who are online listen, and their connections. */
let listener: Promise<Listener> | undefined;
let online: Caller[] = [];
let entriesPublished = 0;

async function publish(order: PublishOrder): Promise<Published> {
  const identity = await loadOrCreateIdentity(order.server.identityFile);
  const lists = await openLists(order.listsFile);
  const progress = createProgress();
  const queue = order.peers.values();
  const lane = async (caller: Caller): Promise<void> => {
    for (const peer of queue) {
      await (peer.stays ? publishAndStay(order.server, identity, lists, peer) : passThrough(caller, lists, peer));
      progress.add(peer.files);
    }
  };
  const callers = await Promise.all(
    Array.from({ length: order.connections }, () => connect(order.server.joinLink, identity)),
  );
  await Promise.all(callers.flatMap((caller) => Array.from({ length: PEERS_AHEAD }, () => lane(caller))));
  const published = progress.finish();
  for (const caller of callers) caller.close();
  await lists.close();
  return published;
}

function createProgress() {
  const startMs = performance.now();
  const marks: Mark[] = [[0, 0]];
  entriesPublished = 0;
  return {
    add(files: number): void {
      entriesPublished += files;
      const ms = performance.now() - startMs;
      if (ms - (marks.at(-1)?.[0] ?? 0) >= MARK_EVERY_MS) marks.push([ms, entriesPublished]);
    },
    finish(): Published {
      return { marks: [...marks, [performance.now() - startMs, entriesPublished]] };
    },
  };
}

/** RESUME, the list, LOGOUT: sent at once, so that nothing of another peer comes between them. */
async function passThrough(caller: Caller, lists: Lists, peer: PeerList): Promise<void> {
  const { username } = peer;
  const list = await lists.read(peer);
  const credentials = { username, password: PASSWORD, id: idOf(username) };
  await Promise.all([
    resume(caller, username),
    publishList(caller, list),
    caller.call('LOGOUT', credentials, { timeoutMs: REPLY_TIMEOUT_MS }),
  ]);
}

async function publishAndStay(server: ServerAddress, identity: Identity, lists: Lists, peer: PeerList): Promise<void> {
  const caller = await comeOnline(server, identity, peer.username);
  await publishList(caller, await lists.read(peer));
}

async function comeOnline({ joinLink }: ServerAddress, identity: Identity, username: string): Promise<Caller> {
  const { port } = await (listener ??= listenForServer(identity));
  const caller = await connectAs(joinLink, identity, username, port);
  online.push(caller);
  return caller;
}

/** These peers are online from now on, on connections of their own, and no others. */
async function comeBack(server: ServerAddress, usernames: readonly string[]): Promise<void> {
  for (const caller of online) caller.close();
  online = [];
  const identity = await loadOrCreateIdentity(server.identityFile);
  await Promise.all(usernames.map((username) => comeOnline(server, identity, username)));
}

/** How many entries were confirmed so far. */
function published(): number {
  return entriesPublished;
}

const tasks = { publish, published, comeBack };
export type PublishTasks = typeof tasks;
takeOrders(tasks);
