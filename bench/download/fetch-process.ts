/** The downloading side of the download benchmark: fetches the file into one folder after the other. */
import { pino } from 'pino';
import { openDownloads, type Downloads } from '../../src/peer/downloads/downloads.ts';
import { createHashPool } from '../../src/peer/shares/hashing/hash-pool.ts';
import type { Source } from '../../src/protocol/codecs/search.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import { signTicket } from '../../src/transport/tickets.ts';
import type { FetchReply, FetchSetup, FetchTask } from './messages.ts';

async function open({ database, identityFile, serverFile, source }: FetchSetup): Promise<Downloads> {
  const [identity, server] = await Promise.all([identityFile, serverFile].map(loadOrCreateIdentity));
  if (!identity || !server) throw new Error('two identities are needed');
  const ticket = await signTicket(server, { id: '1', username: 'bench' }, identity.thumbprint, Date.now());
  return openDownloads({
    database,
    defaultFolder: '/',
    link: { sources: () => Promise.resolve([source]), ticket: () => ticket, onOnline: () => () => undefined },
    identity,
    hashPool: createHashPool(),
    log: pino({ level: 'warn' }),
    now: Date.now,
  });
}

async function fetchInto(downloads: Downloads, source: Source, folder: string): Promise<string> {
  const { id } = await downloads.start(source, folder);
  for await (const { state, path, error } of downloads.watch(id, AbortSignal.timeout(600_000))) {
    if (state === 'done') return path;
    if (state === 'failed') throw new Error(error?.message);
  }
  throw new Error('not within ten minutes');
}

let setup: { readonly downloads: Downloads; readonly source: Source } | undefined;

async function answer(task: FetchSetup | FetchTask): Promise<FetchReply> {
  if (task.kind === 'setup') {
    setup = { downloads: await open(task), source: task.source };
    return { kind: 'ready' };
  }
  if (!setup) throw new Error('fetch before setup');
  return { kind: 'done', path: await fetchInto(setup.downloads, setup.source, task.folder) };
}

process.on('message', (task: FetchSetup | FetchTask) => {
  void answer(task).then((reply) => process.send?.(reply));
});
