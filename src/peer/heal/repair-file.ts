import { randomUUID } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { chmod, chown, copyFile, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SwapmeetError } from '../../domain/errors.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import { contentOf } from '../downloads/content.ts';
import type { PartToMend } from '../downloads/mend.ts';
import { syncFolder } from '../downloads/target/place.ts';
import type { HashPool } from '../shares/hashing/hash-pool.ts';
import type { RepairParts } from '../shares/store/repair-parts.ts';
import { hasStamp } from '../shares/verify/check-file.ts';
import type { DamagedFile } from '../shares/verify/verification.ts';

export type RepairTools = {
  readonly pool: Pick<HashPool, 'verifyPieces'>;
  readonly parts: RepairParts;
  /** Fetches what a copy lacks. Returns how many bytes that were. */
  readonly mend: (part: PartToMend, signal: AbortSignal) => Promise<number>;
};

const PERMISSIONS = 0o7777;
const SET_IDS = 0o6000;

/**
 * Puts a damaged file right: a copy of it gets the pieces that it lacks, and, once it has root and SHA-1, its place, in one
 * step, with mode and modification time. The damaged file itself is never written to; one that its owner changes
 * meanwhile stays.
 *
 * @returns how many bytes were fetched
 * @throws SwapmeetError `changed`, `no-source` and as `mend` does, `disk-full`, `disk-error`; the signal's reason
 */
export async function repairFile(tools: RepairTools, file: DamagedFile, signal: AbortSignal): Promise<number> {
  const { disk } = file;
  // Beside it, since only within one disk a file takes another's place in one step; no share has such a name.
  const partPath = join(dirname(disk), `.swapmeet-${randomUUID()}.part`);
  tools.parts.add(partPath);
  try {
    await assertUnchanged(file);
    await copyFile(disk, partPath, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const fetchedBytes = await mendCopy(tools, file, partPath, signal);
    await dress(partPath, await lstat(disk, { bigint: true }));
    await assertUnchanged(file);
    await rename(partPath, disk);
    await syncFolder(dirname(disk));
    return fetchedBytes;
  } catch (error) {
    throw diskFailure(error, disk);
  } finally {
    // Else the next start tries again.
    await removeRepairPart(tools.parts, partPath).catch(() => undefined);
  }
}

/** Removes what a repair has left behind, if it is there, and only then forgets it. @throws the operating system's error */
export async function removeRepairPart(parts: RepairParts, partPath: string): Promise<void> {
  await rm(partPath, { force: true });
  parts.remove(partPath);
}

async function mendCopy(
  { pool, mend }: RepairTools,
  { disk, sha1, root, sizeBytes, layer }: DamagedFile,
  partPath: string,
  signal: AbortSignal,
): Promise<number> {
  await chmod(partPath, 0o600);
  const content = { ...contentOf({ sha1, root, sizeBytes }), root };
  const expected = { sizeBytes, pieceBytes: content.pieceBytes, layer };
  const rightPieces = await pool.verifyPieces(partPath, expected, { signal });
  return mend({ partPath, name: basename(disk), content, layer, rightPieces }, signal);
}

/** Makes a file look like the one whose place it takes. */
async function dress(path: string, { mode, uid, gid, atimeNs, mtimeNs }: BigIntStats): Promise<void> {
  // Only the superuser may give a file away, and not all disks know owners.
  const isGiven = await chown(path, Number(uid), Number(gid)).then(
    () => true,
    () => false,
  );
  // What ran as its owner is not to run as this process's user.
  await chmod(path, Number(mode) & (isGiven ? PERMISSIONS : PERMISSIONS & ~SET_IDS));
  const handle = await open(path, 'r+').catch(() => open(path, 'r'));
  try {
    await handle.utimes(secondsOf(atimeNs), secondsOf(mtimeNs));
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}

function secondsOf(timeNs: bigint): number {
  return Number(timeNs) / 1e9;
}

async function assertUnchanged(file: DamagedFile): Promise<void> {
  if (await hasStamp(file.disk, file)) return;
  throw new SwapmeetError('changed', `${file.path} was changed meanwhile: it is left as it is, and hashed anew`);
}
