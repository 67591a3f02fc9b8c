import { BUNDLE_BYTES_MAX, BUNDLE_CONTENTS_MAX } from '../../../protocol/limits.ts';
import type { FolderJob } from './folder-job.ts';
import type { FolderListing } from './folder-listing.ts';
import { missingPages } from './missing-files.ts';
import { settlePage } from './settle-local.ts';
import type { MissingFile } from '../store/folder-files.ts';
import type { WantedFile } from './wanted-file.ts';

/**
 * The small files of a folder that are neither there nor elsewhere on this machine, in bundles of what one request may ask
 * for. Each file comes once, and the end when nothing more comes to the list. While one bundle is fetched the next are looked for.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`; the signal's reason
 */
export async function* wantedBundles(
  job: FolderJob,
  listing: FolderListing,
  signal: AbortSignal,
): AsyncGenerator<readonly WantedFile[], void, undefined> {
  const pages = growingPages(job, listing, signal);
  let next = look();
  try {
    for (let files = await next; files; files = await next) {
      next = look();
      yield* bundlesOf(files);
    }
  } finally {
    await next.catch(() => undefined);
  }

  function look(): Promise<readonly WantedFile[] | undefined> {
    const looking = settleNext();
    // It is awaited later, if at all.
    looking.catch(() => undefined);
    return looking;
  }

  async function settleNext(): Promise<readonly WantedFile[] | undefined> {
    const { value, done } = await pages.next();
    return done ? undefined : settlePage(job, value);
  }
}

/** As `missingPages`, until nothing more comes to the list. */
async function* growingPages(
  { context, stored }: FolderJob,
  listing: FolderListing,
  signal: AbortSignal,
): AsyncGenerator<readonly MissingFile[], void, undefined> {
  for (let after = 0; ;) {
    // Asked before it is looked: what comes in between is not missed.
    const more = listing.more();
    for await (const page of missingPages(context.store, { id: stored.id, which: 'small', after }, signal)) {
      yield page;
      after = page.at(-1)?.number ?? after;
    }
    if (!more) return;
    await more;
  }
}

function* bundlesOf(files: readonly WantedFile[]): Generator<readonly WantedFile[], void, undefined> {
  let bundle: WantedFile[] = [];
  let sizeBytes = 0;
  for (const file of files) {
    if (bundle.length === BUNDLE_CONTENTS_MAX || sizeBytes + file.sizeBytes > BUNDLE_BYTES_MAX) {
      yield bundle;
      [bundle, sizeBytes] = [[], 0];
    }
    bundle.push(file);
    sizeBytes += file.sizeBytes;
  }
  if (bundle.length > 0) yield bundle;
}
