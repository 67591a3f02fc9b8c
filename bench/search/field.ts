import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { seedAccounts } from './accounts.ts';
import type { CleanUp } from './clean-up.ts';
import type { ServerAddress } from './client.ts';
import { startCrew, type Crew, type Tasks } from './crew.ts';
import { makeDataset, type Dataset } from './dataset.ts';
import { readQueries } from './queries.ts';
import { startTestedServer, type TestedServer } from './tested-server.ts';
import type { AskTasks } from './workers/ask.ts';
import type { LargeTasks } from './workers/large.ts';
import type { LoadTasks } from './workers/load.ts';
import type { PingTasks } from './workers/ping.ts';
import type { PublishTasks } from './workers/publish.ts';

export type FieldOptions = {
  readonly corpus: string | undefined;
  readonly queries: string | undefined;
  readonly entries: number;
  readonly signal: AbortSignal;
  readonly cleanUp: CleanUp;
  /** Is told what goes on. */
  readonly say: (sentence: string) => void;
};

/** All that a figure needs: a server that runs, with nobody's list yet, and the clients that are going to use it. */
export type Field = {
  /** For files of the bench; `dataFolder` is the server's. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly server: TestedServer;
  readonly address: () => ServerAddress;
  readonly dataset: Dataset;
  readonly queries: readonly string[];
  readonly publishers: Crew<PublishTasks>;
  readonly load: Crew<LoadTasks>;
  readonly large: Crew<LargeTasks>;
  readonly askers: Crew<AskTasks>;
  readonly pinger: Crew<PingTasks>;
  readonly signal: AbortSignal;
  readonly say: (sentence: string) => void;
};

/** Accounts that aren't of the corpus. */
export const ASKERS = named('bench asker', 32);
export const LOADERS = named('bench publisher', 20);
export const PINGER = 'bench pinger';
export const LARGE = 'bench large list';

function named(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${name} ${number + 1}`);
}

export async function openField(options: FieldOptions): Promise<Field> {
  const { signal, cleanUp, say } = options;
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-bench-search-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const dataFolder = join(folder, 'server');
  await mkdir(dataFolder);
  const dataset = await makeDataset(folder, options);
  say(`${dataset.entries} entries of ${dataset.peers.length} peers are made up; registering the peers`);
  const queries = await readQueries(options.queries, dataset.sample);
  const identityFile = join(folder, 'identity.pem');
  const { key } = await loadOrCreateIdentity(identityFile);
  const usernames = dataset.peers.map(({ username }) => username);
  await seedAccounts(dataFolder, [...usernames, ...ASKERS, ...LOADERS, PINGER, LARGE], { key, cleanUp });
  const server = await startTestedServer(dataFolder, cleanUp);
  const hire = <T extends Tasks>(module: string): Crew<T> => {
    const crew = startCrew<T>(module);
    cleanUp.add(() => crew.stop());
    return crew;
  };
  return {
    folder,
    dataFolder,
    server,
    address: () => ({ joinLink: server.joinLink(), identityFile }),
    dataset,
    queries,
    publishers: hire<PublishTasks>('publish'),
    load: hire<LoadTasks>('load'),
    large: hire<LargeTasks>('large'),
    askers: hire<AskTasks>('ask'),
    pinger: hire<PingTasks>('ping'),
    signal,
    say,
  };
}
