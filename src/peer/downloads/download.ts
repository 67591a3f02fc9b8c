import { toSwapmeetError, type ErrorCode, type SwapmeetError } from '../../domain/errors.ts';
import type { DownloadView } from '../control.ts';
import { createWake } from '../wake.ts';
import { backOffMs } from '../back-off.ts';
import { carryOut, type Ground } from './carry-out.ts';
import { contentOf } from './content.ts';
import type { DownloadContext, Job, Status } from './job.ts';
import { removePart } from './preparation.ts';
import { createSpeedMeter, type SpeedMeter } from '../speed-meter.ts';
import { createViewFeed } from './progress/view-feed.ts';
import { createSourceRoster } from './sources/source-roster.ts';
import type { Liar, StoredDownload } from './store/download-store.ts';

/** One download, from the queue to the file under its name. */
export type Download = {
  readonly stored: StoredDownload;
  readonly view: () => DownloadView;
  /** The view as it changes, until it is done or failed or the signal aborts. */
  readonly watch: (signal: AbortSignal) => AsyncIterable<DownloadView>;
  /** Works until it is done or failed, or the signal aborts. Rejects only where the outcome can't be stored. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** If it waits, it tries again now. */
  readonly wake: () => void;
};

/** Failures that stay the same until a person acts. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['bad-content', 'bad-path', 'name-conflict']);

export function createDownload(stored: StoredDownload, context: DownloadContext): Download {
  const content = contentOf(stored);
  const ground: Ground = { path: stored.path, partPath: stored.partPath, draft: undefined };
  const liars = context.store.liars(stored.id);
  let status = statusOf(stored);
  const feed = createViewFeed(view);
  const job = createJob();

  function createJob(): Job {
    const { identity, timing, now, random } = context;
    const roster = createSourceRoster({ content, ownKey: identity.key, retry: timing.retry, now, random });
    for (const { key } of liars) roster.exclude(key);
    return {
      context,
      stored,
      content,
      roster,
      speed: createSpeedMeter(now),
      wake: createWake(),
      tell: (next) => {
        status = next;
        feed.publish();
      },
      exclude: ({ key, username, address }, error) => {
        roster.exclude(key);
        liars.push({ key, username });
        context.store.addLiar(stored.id, { key, username });
        context.log.warn({ liar: username, address, sha1: content.sha1 }, error.message);
      },
    };
  }

  function view(): DownloadView {
    return viewOf({ stored, status, ground, liars, speed: job.speed });
  }

  function finish(): void {
    context.store.setPaths(stored.id, { path: ground.path });
    context.store.setOutcome(stored.id, { kind: 'done' });
    context.paths.release(stored.id);
    job.tell({ state: 'done' });
  }

  async function giveUp(error: SwapmeetError): Promise<void> {
    await removePart(ground.partPath);
    context.store.setOutcome(stored.id, { kind: 'failed', error });
    context.paths.release(stored.id);
    job.tell({ state: 'failed', error });
  }

  async function attempt(signal: AbortSignal): Promise<SwapmeetError | undefined> {
    try {
      await carryOut(job, ground, signal);
      finish();
      return undefined;
    } catch (error) {
      return toSwapmeetError(error);
    }
  }

  async function waitOut(error: SwapmeetError, failures: number, signal: AbortSignal): Promise<void> {
    // A full disk has changed nothing of what is on it; after any other failure nothing is sure.
    if (error.code !== 'disk-full') ground.draft = undefined;
    context.log.warn({ err: error, sha1: content.sha1 }, 'a download waits');
    job.tell({ state: 'waiting', error });
    await job.wake.wait(backOffMs(context.timing.retry, failures), signal).catch(() => undefined);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let verifiedBytes = 0;
    for (let error = await attempt(signal); error && !signal.aborted; error = await attempt(signal)) {
      if (FINAL.has(error.code)) {
        await giveUp(error);
        return;
      }
      const nowBytes = ground.draft?.plan.verifiedBytes() ?? 0;
      failures = nowBytes > verifiedBytes ? 1 : failures + 1;
      verifiedBytes = nowBytes;
      await waitOut(error, failures, signal);
    }
  }

  return { stored, view, watch: feed.watch, wake: job.wake.wake, run };
}

type Viewed = {
  readonly stored: StoredDownload;
  readonly status: Status;
  readonly ground: Ground;
  readonly liars: readonly Liar[];
  readonly speed: SpeedMeter;
};

function viewOf({ stored, status, ground, liars, speed }: Viewed): DownloadView {
  const { id, name, sha1, root, sizeBytes } = stored;
  const { state, source, error } = status;
  return {
    id,
    name,
    sha1,
    root,
    sizeBytes,
    verifiedBytes: state === 'done' ? sizeBytes : (ground.draft?.plan.verifiedBytes() ?? 0),
    bytesPerSecond: state === 'downloading' ? speed.bytesPerSecond() : 0,
    state,
    path: ground.path,
    source,
    liars: liars.map(({ username }) => username),
    error: error && { code: error.code, message: error.message },
  };
}

function statusOf({ outcome }: StoredDownload): Status {
  if (outcome.kind === 'failed') return { state: 'failed', error: outcome.error };
  return { state: outcome.kind === 'done' ? 'done' : 'checking' };
}
