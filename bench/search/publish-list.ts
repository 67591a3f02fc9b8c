import { open, type FileHandle } from 'node:fs/promises';
import type { Caller } from '../../src/transport/caller.ts';
import { idOf, PASSWORD } from './accounts.ts';
import { REPLY_TIMEOUT_MS } from './client.ts';
import type { PeerList } from './dataset.ts';

/** How a whole list travels, for every figure: resolves when the server has confirmed that it is in effect. */
export async function publishList(caller: Caller, username: string, fileList: Uint8Array): Promise<void> {
  const request = { username, password: PASSWORD, id: idOf(username), fileList };
  await caller.call('REGISTER_UPDATE', request, { timeoutMs: REPLY_TIMEOUT_MS });
}

/** Reads lists out of a dataset's file. */
export async function openLists(listsFile: string) {
  const file: FileHandle = await open(listsFile);
  return {
    async read({ start, end }: Pick<PeerList, 'start' | 'end'>): Promise<Buffer> {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** The first `files` lines of a dataset from byte `start` on, with `folder` put before every path. */
export function inFolder(folder: string, lines: Buffer, files: number): Buffer {
  const text = lines.toString('utf8').trimEnd().split('\n').slice(0, files);
  return Buffer.from(text.map((line) => `${folder}/${line}`).join('\n'));
}
