import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { LIST_PART_BYTES_MAX } from '../../src/protocol/limits.ts';
import type { Caller } from '../../src/transport/caller.ts';
import { REPLY_TIMEOUT_MS } from './client.ts';
import type { PeerList } from './dataset.ts';

const LINE_FEED = 0x0a;
/** Room for a part's token and number. */
const PART_HEAD_BYTES = 256;

/**
 * How a whole list travels, for every figure: in parts of up to 1 MiB, then LIST_COMMIT, all sent at once. Resolves when the server
 * has confirmed that the list is in effect.
 */
export async function publishList(caller: Caller, fileList: Buffer): Promise<void> {
  const token = randomUUID();
  const parts = partsOf(fileList);
  const options = { timeoutMs: REPLY_TIMEOUT_MS };
  await Promise.all([
    ...parts.map((part, index) => caller.call('LIST_PART', { token, part: index + 1, fileList: part }, options)),
    caller.call('LIST_COMMIT', { token, parts: parts.length }, options),
  ]);
}

/** A list in pieces that end where lines do; an empty one is one empty piece. */
function partsOf(fileList: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  do {
    const most = start + LIST_PART_BYTES_MAX - PART_HEAD_BYTES;
    const end = most >= fileList.length ? fileList.length : fileList.lastIndexOf(LINE_FEED, most) + 1;
    parts.push(fileList.subarray(start, end));
    start = end;
  } while (start < fileList.length);
  return parts;
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
