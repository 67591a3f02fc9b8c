import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { seedAccounts } from './accounts.ts';
import type { CleanUp } from './clean-up.ts';
import type { ServerAddress } from './client.ts';
import { startCrew, type Crew, type Tasks } from './crew.ts';
import type { Dataset } from './dataset.ts';
import type { Place } from './place.ts';
import { startTestedServer, type TestedServer } from './tested-server.ts';
import type { AskTasks } from './workers/ask.ts';
import type { LargeTasks } from './workers/large.ts';
import type { LoadTasks } from './workers/load.ts';
import type { PingTasks } from './workers/ping.ts';
import type { PublishTasks } from './workers/publish.ts';

/** What all figures need, the rivals' too. */
export type Ground = {
  readonly place: Place;
  readonly dataset: Dataset;
  readonly queries: readonly string[];
  /** Passes over the queries. */
  readonly runs: number;
  /** How many standing searches there are to be. */
  readonly watches: number;
  readonly signal: AbortSignal;
  readonly cleanUp: CleanUp;
  /** Is told what goes on. */
  readonly say: (sentence: string) => void;
};

/** What a figure needs that has a server: one that runs, and the clients that are going to use it. */
export type Field = Ground & {
  readonly server: TestedServer;
  readonly address: () => ServerAddress;
  readonly publishers: Crew<PublishTasks>;
  readonly load: Crew<LoadTasks>;
  readonly large: Crew<LargeTasks>;
  readonly askers: Crew<AskTasks>;
  readonly pinger: Crew<PingTasks>;
  /** Has those peers be online that stay so, after a start of the server. */
  readonly comeBack: () => Promise<void>;
  /** Waits until the server has nothing to do any more, and says how long that took, in ms. */
  readonly untilIdle: () => Promise<number>;
  readonly pause: (ms: number) => Promise<void>;
};

/** Accounts that aren't of the corpus. */
export const ASKERS = named('bench asker', 32);
export const LOADERS = named('bench publisher', 20);
export const PINGER = 'bench pinger';
export const LARGE = 'bench large list';

/** So many of the peers, about, stay online. */
const ONLINE_PEERS = 200;

function named(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${name} ${number + 1}`);
}

/** Whether the peer of a number stays online when its list is published. */
export function isStaying({ peers }: Dataset, number: number): boolean {
  return number % Math.max(1, Math.floor(peers.length / ONLINE_PEERS)) === 0;
}

/** Starts a server, with nobody's list yet or with what was published before, and hires its clients. */
export async function openField(ground: Ground): Promise<Field> {
  const { place, dataset, signal, cleanUp, say } = ground;
  const identityFile = join(place.folder, 'identity.pem');
  if (!place.isPublished) await register(ground, identityFile);
  const server = await startTestedServer(place.dataFolder, cleanUp);
  const address = (): ServerAddress => ({ joinLink: server.joinLink(), identityFile });
  const hire = <T extends Tasks>(module: string): Crew<T> => {
    const crew = startCrew<T>(module);
    cleanUp.add(() => crew.stop());
    return crew;
  };
  const publishers = hire<PublishTasks>('publish');
  const staying = dataset.peers.filter((_, number) => isStaying(dataset, number)).map(({ username }) => username);
  const field: Field = {
    ...ground,
    server,
    address,
    publishers,
    load: hire<LoadTasks>('load'),
    large: hire<LargeTasks>('large'),
    askers: hire<AskTasks>('ask'),
    pinger: hire<PingTasks>('ping'),
    comeBack: () => publishers.do('comeBack', address(), staying),
    untilIdle: () => untilIdle(server, signal),
    pause: (ms) => sleep(ms, undefined, { signal }),
  };
  if (place.isPublished) {
    say('what was published before is taken up again');
    await takeUp(field);
  }
  return field;
}

async function register({ place, dataset, cleanUp, say }: Ground, identityFile: string): Promise<void> {
  say(`registering ${dataset.peers.length} peers`);
  const { key } = await loadOrCreateIdentity(identityFile);
  const usernames = dataset.peers.map(({ username }) => username);
  await seedAccounts(place.dataFolder, [...usernames, ...ASKERS, ...LOADERS, PINGER, LARGE], { key, cleanUp });
}

/** @throws Error where the server has other entries than the dataset */
async function takeUp(field: Field): Promise<void> {
  await field.comeBack();
  // An interrupted run may have left lists of its own.
  await field.load.do('empty', field.address(), [...LOADERS, LARGE]);
  await field.askers.do('connect', field.address(), ASKERS.slice(0, 1));
  const entries = await field.askers.do('countEntries');
  if (entries === field.dataset.entries) return;
  throw new Error(
    `${field.place.folder} has ${entries} entries published, not ${field.dataset.entries}: remove it, and publish anew`,
  );
}

const IDLE_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 500;
/** Of half a second: timers, and connections that stay open. */
const IDLE_PROCESSOR_MS = 20;
/** A server begins to put its store in order when nothing was published for two seconds. */
const IDLE_LOOKS = 6;

async function untilIdle(server: TestedServer, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  let idleLooks = 0;
  let beforeMs = await server.processorMs();
  while (idleLooks < IDLE_LOOKS && performance.now() - startMs < IDLE_WITHIN_MS) {
    await sleep(LOOK_EVERY_MS, undefined, { signal });
    const nowMs = await server.processorMs();
    idleLooks = nowMs - beforeMs <= IDLE_PROCESSOR_MS ? idleLooks + 1 : 0;
    beforeMs = nowMs;
  }
  return performance.now() - startMs;
}
