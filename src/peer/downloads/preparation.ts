import { unlink } from 'node:fs/promises';
import { pieceCount } from '../../domain/pieces.ts';
import type { Content } from './content.ts';
import { createDraft, shorten, type Draft } from './draft.ts';
import type { Job } from './job.ts';
import { createPlan } from './plan/plan.ts';
import { chooseTarget, createPart, lookAt } from './target/choose.ts';

/** The file is there already. */
export type Present = { readonly presentAt: string };

/**
 * Looks at what is on disk, and trusts nothing but hashes: the file may be there, or a part of it from earlier.
 *
 * @throws SwapmeetError `bad-path`, `name-conflict`, `disk-error`, `disk-full`
 */
export async function prepare(job: Job, partPath: string | undefined, signal: AbortSignal): Promise<Draft | Present> {
  const { stored, content, context } = job;
  const target = await takeTarget(job, signal);
  if (target.isPresent) {
    await removePart(partPath);
    return { presentAt: target.path };
  }
  const reused = partPath !== undefined && (await isReusable(partPath, content)) ? partPath : undefined;
  const used = reused ?? (await createPart(stored.folder, stored.name));
  context.store.setPaths(stored.id, { path: target.path, partPath: used });
  const layer = context.store.layer(stored.id);
  const bitfield = await verifiedPieces(job, used, layer, signal);
  const plan = createPlan(content, bitfield, context.random, context.identity.key);
  return createDraft({ path: target.path, partPath: used, layer, plan });
}

/** Chooses a name, and takes it before any other download does. */
export async function takeTarget({ stored, content, context }: Job, signal: AbortSignal) {
  const { paths, hashPool } = context;
  const isTaken = (path: string): boolean => paths.isTaken(path, stored.id);
  for (;;) {
    const target = await chooseTarget({ ...stored, content }, hashPool, isTaken, signal);
    if (target.isPresent || paths.take(target.path, stored.id)) return target;
  }
}

/** Removes a partial file that is not needed any more. */
export async function removePart(partPath: string | undefined): Promise<void> {
  if (partPath === undefined) return;
  try {
    await unlink(partPath);
  } catch {
    // It was gone, or it stays: an unneeded file harms nobody.
  }
}

async function isReusable(partPath: string, { sizeBytes }: Content): Promise<boolean> {
  const stat = await lookAt(partPath);
  if (!stat?.isFile()) return false;
  if (stat.size > BigInt(sizeBytes)) await shorten(partPath, sizeBytes);
  return true;
}

/** Which pieces of the partial file are right: a bitfield, piece 0 being the high bit of byte 0. */
async function verifiedPieces(
  { content, context }: Job,
  partPath: string,
  layer: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { sizeBytes, pieceBytes } = content;
  if (layer) return context.hashPool.verifyPieces(partPath, { sizeBytes, pieceBytes, layer }, { signal });
  if (content.root !== undefined) return new Uint8Array();
  const stat = await lookAt(partPath);
  return bitfieldOf(wholePieces(content, Number(stat?.size ?? 0)));
}

/** Without hashes of pieces, bytes are written in order, and what is there is taken for right until the SHA-1 tells. */
function wholePieces({ sizeBytes, pieceBytes }: Content, presentBytes: number): number {
  return presentBytes >= sizeBytes ? pieceCount(sizeBytes, pieceBytes) : Math.floor(presentBytes / pieceBytes);
}

function bitfieldOf(count: number): Uint8Array {
  const bitfield = new Uint8Array(Math.ceil(count / 8)).fill(0xff);
  if (count % 8 !== 0) bitfield[bitfield.length - 1] = 0xff << (8 - (count % 8));
  return bitfield;
}
