import { toSwapmeetError, type SwapmeetError } from '../../../domain/errors.ts';
import type { LazyPart } from '../assembly/lazy-part.ts';
import type { Draft } from '../draft.ts';
import type { Job } from '../job.ts';
import type { KeyedSource } from './source-roster.ts';
import { isLie, openSession, type SourceSession } from './source-session.ts';
import { transfer } from './transfer.ts';

export type FetchOptions = {
  readonly job: Job;
  readonly draft: Draft;
  readonly source: KeyedSource;
  readonly part: LazyPart;
  readonly signal: AbortSignal;
};

/**
 * Fetches from one source all that is missing, until it fails. How the source fails is noted with the job.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`; the signal's reason
 */
export async function fetchFrom(options: FetchOptions): Promise<void> {
  const { job, source, signal } = options;
  try {
    await fetchAll(options);
  } catch (error) {
    signal.throwIfAborted();
    noteFailure(job, source, toSwapmeetError(error));
  }
}

async function fetchAll({ job, draft, source, part, signal }: FetchOptions): Promise<void> {
  const { context, content, speed, stored } = job;
  const { identity, timing, now, link, throttle } = context;
  const ticket = (): string | undefined => link.ticket();
  const session = await openSession({
    source,
    content,
    identity,
    ticket,
    timing,
    throttle,
    share: stored.id,
    signal,
  });
  try {
    await fetchLayer(job, draft, session);
    const opened = await part.open();
    draft.contributors.add(source);
    job.tell({ state: 'downloading', source: source.username });
    const onPiece = (): void => {
      job.roster.served(source);
    };
    await transfer({ content, plan: draft.plan, part: opened, session, onBytes: speed.add, onPiece, now });
  } finally {
    session.close();
  }
}

async function fetchLayer({ context, stored, content }: Job, draft: Draft, session: SourceSession): Promise<void> {
  if (content.root === undefined || draft.layer) return;
  const layer = await session.pieceHashes(content.root);
  context.store.setLayer(stored.id, layer);
  draft.layer = layer;
}

function noteFailure(job: Job, source: KeyedSource, error: SwapmeetError): void {
  // A KO can't name these codes, so it is this machine's disk.
  if (error.code === 'disk-full' || error.code === 'disk-error') throw error;
  if (isLie(error)) {
    job.exclude(source, error);
    return;
  }
  job.roster.failed(source, error);
  job.context.log.info({ source: source.username, code: error.code, sha1: job.content.sha1 }, error.message);
}
