import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SwapmeetError } from '../../../domain/errors.ts';
import { diskFailure } from '../../../storage/disk-failure.ts';
import { errnoOf } from '../../../storage/errno.ts';
import { NO_BLOCK, NO_FOLLOW } from '../../../storage/open-flags.ts';
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
   *   it gave is another one now, or gone; `disk-error`; the signal's reason
   */
  readonly read: (id: string, range: ByteRange, signal: AbortSignal) => AsyncGenerator<Buffer, void, undefined>;
  /** The downloads that are read now. */
  readonly readIds: () => readonly string[];
};

export type ReadingsOptions = {
  readonly stored: (id: string) => StoredDownload | undefined;
  /** Of a download at work. */
  readonly draft: (id: string) => Draft | undefined;
  /** A download has its first reader, or lost its last. */
  readonly onReaders: (id: string) => void;
};

/** Of what somebody reads so many are at work and fetch beside all others. */
export const READING_MAX = 4;

/** So much is read at once. */
const CHUNK_BYTES = 256 * 1024;

/** How often it is looked whether a download is at work, over, or begins anew: what a piece's verification does not tell. */
const LOOK_MS = 200;

/** Where verified bytes are: in the file under its name, or, while it is downloaded, in that of its draft. */
type Place = { readonly path: string; readonly sizeBytes: number; readonly draft?: Draft };
type Opened = Place & { readonly handle: FileHandle };

export function createReadings({ stored, draft, onReaders }: ReadingsOptions): Readings {
  const windows = createWindows({ draft, onReaders });

  /** The place of these bytes, once they are verified. */
  async function placeOf(id: string, range: ByteRange, signal: AbortSignal): Promise<Place> {
    for (;;) {
      signal.throwIfAborted();
      const download = stored(id);
      if (!download) throw new SwapmeetError('cancelled', 'the download was taken off the list: get it again');
      const { outcome, path, sizeBytes } = download;
      if (outcome.kind === 'failed') throw outcome.error;
      if (outcome.kind === 'done') return { path, sizeBytes };
      // Without a root nothing is verified before the whole is.
      const current = download.root === undefined ? undefined : draft(id);
      // A download that begins anew has a plan that was told nothing.
      windows.prefer(id);
      if (current?.plan.verified.covers(range)) return { path: current.partPath, sizeBytes, draft: current };
      await nextLook(current, range, signal);
    }
  }

  async function* read(id: string, range: ByteRange, signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
    const window = windows.open(id);
    const end = range.offset + range.length;
    let opened: Opened | undefined;
    try {
      for (let offset = range.offset; offset < end;) {
        window.move(offset);
        const length = Math.min(CHUNK_BYTES, end - offset);
        opened = await reopen(opened, await placeOf(id, { offset, length }, signal));
        if (!opened) continue;
        const bytes = await readFully(opened, offset, length);
        offset += length;
        yield bytes;
      }
    } finally {
      window.close();
      await opened?.handle.close();
    }
  }

  return { read, readIds: windows.readIds };
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

/** Undefined where a draft's file is gone: it has just got its name, which the next look tells. @throws SwapmeetError */
async function reopen(opened: Opened | undefined, place: Place): Promise<Opened | undefined> {
  // A draft that begins anew may have another file of the same name.
  if (opened?.path === place.path && opened.draft === place.draft) return opened;
  await opened?.handle.close();
  try {
    return await openPlace(place);
  } catch (error) {
    if (errnoOf(error) === 'ELOOP') throw changed(place);
    if (errnoOf(error) !== 'ENOENT') throw diskFailure(error, place.path);
    if (!place.draft) throw changed(place);
    await sleep(LOOK_MS);
    return undefined;
  }
}

async function openPlace(place: Place): Promise<Opened> {
  const handle = await open(place.path, constants.O_RDONLY | NO_FOLLOW | NO_BLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile() || (!place.draft && stat.size !== place.sizeBytes)) throw changed(place);
    return { ...place, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readFully(opened: Opened, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await opened.handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) throw changed(opened);
    filled += bytesRead;
  }
  return bytes;
}

function changed({ path }: Place): SwapmeetError {
  return new SwapmeetError('changed', `${path} is not what was downloaded any more: get it again`);
}
