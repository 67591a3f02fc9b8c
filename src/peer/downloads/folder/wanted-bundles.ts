import { BUNDLE_BYTES_MAX, BUNDLE_CONTENTS_MAX } from '../../../protocol/limits.ts';
import type { FolderJob } from './folder-job.ts';
import { missingPages } from './missing-files.ts';
import { settlePage } from './settle-local.ts';
import type { WantedFile } from './wanted-file.ts';

/**
 * The small files of a folder that are neither there nor elsewhere on this machine, in bundles of what one request may ask
 * for. Each file comes once. While one bundle is fetched the next are looked for.
 *
 * @throws SwapmeetError `disk-error`, `disk-full`; the signal's reason
 */
export async function* wantedBundles(
  job: FolderJob,
  signal: AbortSignal,
): AsyncGenerator<readonly WantedFile[], void, undefined> {
  const pages = missingPages(job.context.store, { id: job.stored.id, which: 'small' }, signal);
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
