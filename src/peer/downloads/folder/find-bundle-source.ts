import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';
import type { KeyedSource } from '../sources/source-roster.ts';
import type { FolderFile } from '../store/folder-files.ts';
import type { Source } from '../../../protocol/codecs/search.ts';
import type { FolderJob } from './folder-job.ts';
import { missingPages } from './missing-files.ts';

/** The sources of so many files, spread over those that are missing, are asked for before all of them are given up for now. */
const PROBES_MAX = 16;

export type FoundSource =
  | { readonly kind: 'all-there' }
  | { readonly kind: 'none'; readonly error: SwapmeetError }
  | { readonly kind: 'source'; readonly source: KeyedSource };

/**
 * Somebody who has one of the small files that are missing: the peer that the folder was asked of, if it has it.
 *
 * @param tried keys of those that gave what they have
 * @throws SwapmeetError `disk-error`; the signal's reason
 */
export async function findBundleSource(
  job: FolderJob,
  tried: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<FoundSource> {
  const { store } = job.context;
  const folder = store.folder(job.stored.id);
  const preferred = folder && 'peerId' in folder.origin ? folder.origin.peerId : undefined;
  const step = Math.max(1, Math.floor((folder?.files ?? 0) / PROBES_MAX));
  let error: SwapmeetError | undefined;
  for (let probe = 0, after = 0; probe < PROBES_MAX; probe += 1) {
    const file = await firstWanted(job, after, signal);
    if (!file) break;
    after = file.number + step - 1;
    const sources = await sourcesOf(job, file);
    signal.throwIfAborted();
    if (sources instanceof SwapmeetError) error = sources;
    else {
      const usable = sources.filter((source) => isUsable(job, source) && !tried.has(source.key ?? ''));
      const source =
        usable.find(({ id }) => id === preferred) ?? usable[Math.floor(job.context.random() * usable.length)];
      if (source?.key !== undefined) return { kind: 'source', source: { ...source, key: source.key } };
      error ??= noSource();
    }
  }
  return error ? { kind: 'none', error } : { kind: 'all-there' };
}

async function firstWanted(
  { context, stored }: FolderJob,
  after: number,
  signal: AbortSignal,
): Promise<FolderFile | undefined> {
  for await (const page of missingPages(context.store, { id: stored.id, which: 'small', after }, signal)) {
    const file = page.find(({ isAwaiting }) => !isAwaiting);
    if (file) return file;
  }
  return undefined;
}

async function sourcesOf(
  { context }: FolderJob,
  { sha1, root }: FolderFile,
): Promise<readonly Source[] | SwapmeetError> {
  try {
    return await context.link.sources(sha1, root);
  } catch (error) {
    return toSwapmeetError(error);
  }
}

/** One on plaintext has no key, and could be anybody; this peer itself may well be listed. */
function isUsable(job: FolderJob, source: Source): boolean {
  const { key } = source;
  return key !== undefined && key !== job.context.identity.key && !job.isExcluded({ ...source, key });
}

function noSource(): SwapmeetError {
  return new SwapmeetError('no-source', 'nobody who is online offers what is missing; it goes on by itself');
}
