import { SwapmeetError, toSwapmeetError, type ErrorCode } from '../../../domain/errors.ts';
import { isLie } from '../sources/source-session.ts';
import type { KeyedSource } from '../sources/source-roster.ts';
import { openBundleSession, type BundleSession } from './bundle-session.ts';
import type { FolderJob, Pass } from './folder-job.ts';
import type { FolderListing } from './folder-listing.ts';
import { findBundleSource } from './find-bundle-source.ts';
import { settledFiles, settleLocal } from './settle-local.ts';
import { wantedBundles } from './wanted-bundles.ts';
import { noteResults, smallFileOf, type WantedFile } from './wanted-file.ts';

/** So many bundles are asked for ahead, or are being written: each has the memory of one. */
const BUNDLES_AHEAD = 6;

/** Failures of this machine, which no source can name. */
const OURS: ReadonlySet<ErrorCode> = new Set(['disk-full', 'disk-error']);

/**
 * Fetches the small files of a folder from one source after the other, many at a time, until all are there or nobody is
 * left who gives any of them.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`; the signal's reason
 */
export async function fetchSmallFiles(job: FolderJob, listing: FolderListing, signal: AbortSignal): Promise<Pass> {
  const tried = new Set<string>();
  const before = settledFiles(job);
  let obstacle: SwapmeetError | undefined;
  for (;;) {
    const more = listing.more();
    const found = await findBundleSource(job, tried, signal);
    if (found.kind === 'source') {
      tried.add(found.source.key);
      obstacle = (await takeFrom(job, listing, found.source, signal)) ?? obstacle;
      continue;
    }
    // Somebody may have what comes later.
    if (more) {
      await listing.ended;
      continue;
    }
    const hasProgress = settledFiles(job) > before;
    return { hasProgress, obstacle: found.kind === 'none' ? (obstacle ?? found.error) : undefined };
  }
}

/** Takes all that a source gives, with what can be copied of that. Returns what went wrong with it. */
async function takeFrom(
  job: FolderJob,
  listing: FolderListing,
  source: KeyedSource,
  signal: AbortSignal,
): Promise<SwapmeetError | undefined> {
  const before = settledFiles(job);
  let failure: SwapmeetError | undefined;
  try {
    await fetchFrom(job, listing, source, signal);
  } catch (error) {
    signal.throwIfAborted();
    failure = takeFailure(job, source, toSwapmeetError(error));
  }
  if (settledFiles(job) > before) await settleLocal(job, signal);
  return failure;
}

function takeFailure(job: FolderJob, source: KeyedSource, error: SwapmeetError): SwapmeetError {
  if (OURS.has(error.code)) throw error;
  if (isLie(error)) job.exclude(source, error);
  else job.context.log.info({ source: source.username, code: error.code }, error.message);
  return error;
}

/** Asks one source for all that is missing. */
async function fetchFrom(
  job: FolderJob,
  listing: FolderListing,
  source: KeyedSource,
  signal: AbortSignal,
): Promise<void> {
  const session = await openBundleSession(job.context, source, job.stored.id, signal);
  const bundles = wantedBundles(job, listing, signal);
  let failure: { readonly error: unknown } | undefined;

  async function work(): Promise<void> {
    while (!failure) {
      // Several take from one generator: each bundle goes to one of them.
      const { value, done } = await bundles.next();
      if (done) return;
      await fetchBundle(job, session, value);
    }
  }

  try {
    job.tell({ state: 'downloading', source: source.username });
    const workers = Array.from({ length: BUNDLES_AHEAD }, () =>
      work().catch((error: unknown) => {
        failure ??= { error };
        session.close();
      }),
    );
    await Promise.all(workers);
  } finally {
    session.close();
    await bundles.return();
  }
  if (failure) throw failure.error;
}

/** @throws SwapmeetError `bad-content` where bytes do not have their hashes, as the session does, and of the disk */
async function fetchBundle(job: FolderJob, session: BundleSession, bundle: readonly WantedFile[]): Promise<void> {
  let bytes = new Uint8Array();
  const isHere = await session.fetch(bundle, (sizeBytes) => {
    bytes = job.context.threads.bundleBuffers.take(sizeBytes);
    return bytes;
  });
  const files = bundle.filter((_, at) => isHere[at]);
  if (files.length === 0) return;
  job.speed.add(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const { results } = await job.context.threads.smallFiles.call('place', {
    target: job.target,
    files: files.map(smallFileOf),
    bytes,
  });
  const wrong = noteResults(job, files, results);
  if (wrong[0]) throw new SwapmeetError('bad-content', `the bytes of ${wrong[0].path} do not have their hash`);
}
