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
  readonly peers: readonly PeerList[];
  readonly connections: number;
  /** Every so many peers one stays online, on a connection of its own. */
  readonly stayEvery: number;
};

/** How the confirmed entries grew. */
export type Published = { readonly marks: readonly Mark[] };

/** Peers under way on one connection: the next one's request is there when the last one's reply leaves. */
const PEERS_AHEAD = 2;
const MARK_EVERY_MS = 100;

type Lists = Awaited<ReturnType<typeof openLists>>;
type Online = { readonly listener: Listener; readonly usernames: string[]; callers: Caller[] };

let online: Online | undefined;

async function publish(order: PublishOrder): Promise<Published> {
  const identity = await loadOrCreateIdentity(order.server.identityFile);
  const lists = await openLists(order.listsFile);
  const stay = (online ??= { listener: await listenForServer(identity), usernames: [], callers: [] });
  const progress = createProgress();
  const queue = order.peers.entries();
  const lane = async (caller: Caller): Promise<void> => {
    for (const [number, peer] of queue) {
      const stays = number % order.stayEvery === 0;
      await (stays ? publishAndStay(order.server, identity, stay, lists, peer) : passThrough(caller, lists, peer));
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
  let entries = 0;
  return {
    add(files: number): void {
      entries += files;
      const ms = performance.now() - startMs;
      if (ms - (marks.at(-1)?.[0] ?? 0) >= MARK_EVERY_MS) marks.push([ms, entries]);
    },
    finish(): Published {
      return { marks: [...marks, [performance.now() - startMs, entries]] };
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

async function publishAndStay(
  { joinLink }: ServerAddress,
  identity: Identity,
  stay: Online,
  lists: Lists,
  peer: PeerList,
): Promise<void> {
  const caller = await connectAs(joinLink, identity, peer.username, stay.listener.port);
  await publishList(caller, await lists.read(peer));
  stay.usernames.push(peer.username);
  stay.callers.push(caller);
}

/** Those who stayed come back after the server was started anew. Returns how many they are. */
async function comeBack({ joinLink, identityFile }: ServerAddress): Promise<number> {
  if (!online) return 0;
  const { usernames, listener, callers } = online;
  for (const caller of callers) caller.close();
  const identity = await loadOrCreateIdentity(identityFile);
  online.callers = await Promise.all(
    usernames.map((username) => connectAs(joinLink, identity, username, listener.port)),
  );
  return usernames.length;
}

const tasks = { publish, comeBack };
export type PublishTasks = typeof tasks;
takeOrders(tasks);
