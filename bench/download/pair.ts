import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHashPool } from '../../src/peer/shares/hashing/hash-pool.ts';
import { loadOrCreateIdentity } from '../../src/transport/identity.ts';
import type { FetchReply, FetchSetup, FetchTask, ServeReady, ServeTask } from './messages.ts';

/** A process that serves a file and one that downloads it. */
export type TransferPair = {
  /** Resolves with the path once the file is whole, verified and in the folder. */
  readonly download: (folder: string) => Promise<string>;
  /** The most memory that each had at once, in bytes. */
  readonly peakBytes: () => Promise<{ readonly serving: number; readonly downloading: number }>;
  readonly stop: () => void;
};

/** @param workFolder for keys and the queue */
export async function startTransferPair(path: string, workFolder: string): Promise<TransferPair> {
  const serverFile = join(workFolder, 'server.pem');
  const files = { serving: join(workFolder, 'serving.pem'), downloading: join(workFolder, 'downloading.pem') };
  for (const file of [serverFile, ...Object.values(files)]) await loadOrCreateIdentity(file);
  const hash = await publish(path);
  const serving = fork(new URL('serve-process.ts', import.meta.url));
  const { port, key } = await ask<ServeReady>(serving, {
    path,
    hash,
    identityFile: files.serving,
    serverFile,
  });
  const downloading = fork(new URL('fetch-process.ts', import.meta.url));
  await ask<FetchReply>(downloading, {
    kind: 'setup',
    database: join(workFolder, 'downloads.db'),
    identityFile: files.downloading,
    serverFile,
    source: { ...hash, path: 'share/copy', id: '1', username: 'serving', address: '127.0.0.1', port, key },
  });
  return {
    download: async (folder) => {
      const reply = await ask<FetchReply>(downloading, { kind: 'fetch', folder });
      if (reply.kind !== 'done') throw new Error('the downloading process did not download');
      return reply.path;
    },
    peakBytes: async () => ({ serving: await peakOf(serving), downloading: await peakOf(downloading) }),
    stop: () => {
      serving.kill('SIGKILL');
      downloading.kill('SIGKILL');
    },
  };
}

async function publish(path: string): Promise<ServeTask['hash']> {
  const pool = createHashPool();
  const { sizeBytes, sha1, root = '', pieceBytes, layer } = await pool.hash(path);
  await pool.close();
  return { sizeBytes, sha1, root, pieceBytes, layer: Buffer.from(layer).toString('base64') };
}

async function ask<Reply>(child: ChildProcess, task: ServeTask | FetchSetup | FetchTask): Promise<Reply> {
  const reply = once(child, 'message');
  const ended = once(child, 'exit').then(() => {
    throw new Error('a process of the benchmark ended');
  });
  child.send(task);
  const [message] = (await Promise.race([reply, ended])) as [Reply];
  return message;
}

/** The high-water mark of the resident set; Linux only. */
async function peakOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 'self'}/status`, 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}
