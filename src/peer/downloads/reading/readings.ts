import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwapmeetError } from '../../../domain/errors.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { errnoOf } from '../../../storage/errno.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Draft } from '../draft.ts';
import type { StoredDownload } from '../store/download-store.ts';
import { createWindows } from './windows.ts';

/** Reads files while they are downloaded. */
export type Readings = {
  /**
   * The bytes of a range in order, each as soon as it is verified: until then it waits, however long that takes, and has what
   * lies ahead of it fetched before all else.
   *
   * @throws SwapmeetError why the download failed; `cancelled` where it was taken off the list; `changed` where the file that
   *   it gave is another one now; `disk-error`; the signal's reason
   */
  readonly read: (id: string, range: ByteRange, signal: AbortSignal) => AsyncGenerator<Buffer, void, undefined>;
};

export type ReadingsOptions = {
  readonly stored: (id: string) => StoredDownload | undefined;
  /** Of a download at work. */
  readonly draft: (id: string) => Draft | undefined;
};

/** So much is read at once. */
const CHUNK_BYTES = 256 * 1024;

/** How often it is looked whether a download is at work, over, or begins anew: what a piece's verification does not tell. */
const LOOK_MS = 200;

type Opened = { readonly path: string; readonly handle: FileHandle };

export function createReadings({ stored, draft }: ReadingsOptions): Readings {
  const windows = createWindows(draft);

  /** The path of a file that has these bytes verified, once there is one. */
  async function pathWith(id: string, range: ByteRange, signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const download = stored(id);
      if (!download) throw new SwapmeetError('cancelled', 'the download was taken off the list: get it again');
      const { outcome, path } = download;
      if (outcome.kind === 'failed') throw outcome.error;
      if (outcome.kind === 'done') return path;
      // Without a root nothing is verified before the whole is.
      const current = download.root === undefined ? undefined : draft(id);
      // A download that begins anew has a plan that was told nothing.
      windows.prefer(id);
      if (current?.plan.verified.covers(range)) return current.partPath;
      await nextLook(current, range, signal);
    }
  }

  async function* read(id: string, range: ByteRange, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const place = windows.open(id);
    const end = range.offset + range.length;
    let opened: Opened | undefined;
    try {
      for (let offset = range.offset; offset < end;) {
        place.move(offset);
        const length = Math.min(CHUNK_BYTES, end - offset);
        const path = await pathWith(id, { offset, length }, signal);
        opened = await reopen(opened, path);
        if (!opened) continue;
        const bytes = await readFully(opened, offset, length);
        offset += length;
        yield bytes;
      }
    } finally {
      place.close();
      await opened?.handle.close();
    }
  }

  return { read };
}

/** Waits until the range is verified, or it is time to look at the download anew. */
async function nextLook(current: Draft | undefined, range: ByteRange, signal: AbortSignal): Promise<void> {
  const look = new AbortController();
  const ended = AbortSignal.any([signal, look.signal]);
  const waits: Promise<void>[] = [sleep(LOOK_MS, undefined, { signal: ended })];
  if (current) waits.push(current.plan.verified.cover(range, ended));
  try {
    await Promise.race(waits);
  } finally {
    for (const wait of waits) wait.catch(() => undefined);
    look.abort();
  }
}

/** Undefined where nothing is at the path: the file has just got its name, which the next look tells. @throws SwapmeetError */
async function reopen(opened: Opened | undefined, path: string): Promise<Opened | undefined> {
  if (opened?.path === path) return opened;
  await opened?.handle.close();
  try {
    return { path, handle: await open(path, 'r') };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw diskFailure(error, path);
    await sleep(LOOK_MS);
    return undefined;
  }
}

async function readFully({ handle, path }: Opened, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0)
      throw new SwapmeetError('changed', `${path} is shorter than what was downloaded: get it again`);
    filled += bytesRead;
  }
  return bytes;
}
