import { toSwapmeetError, type ErrorCode, type SwapmeetError } from '../../domain/errors.ts';
import type { DownloadView } from '../control.ts';
import { createWake } from '../wake.ts';
import { backOffMs } from '../back-off.ts';
import { carryOut, type Ground } from './carry-out.ts';
import { contentOf } from './content.ts';
import type { Draft } from './draft.ts';
import type { DownloadContext, Job, Status } from './job.ts';
import { createPace } from './pace.ts';
import { removePart } from './preparation.ts';
import { createSpeedMeter } from '../speed-meter.ts';
import { createQueuePlaces } from './sources/queue-places.ts';
import { createSourceRoster } from './sources/source-roster.ts';
import type { StoredDownload } from './store/download-store.ts';

/** A download at work, until the file is under its name. */
export type Download = {
  readonly stored: StoredDownload;
  readonly status: () => Status;
  readonly view: () => DownloadView;
  /** The file as far as it is, while there is a part of it. */
  readonly draft: () => Draft | undefined;
  /** Works until it is done or failed, or the signal aborts. Rejects only where the outcome can't be stored. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** If it waits, it tries again now. */
  readonly wake: () => void;
  /** Whether its sources are what it waits for. */
  readonly isSlow: () => boolean;
};

/** Failures that stay the same until a person acts. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['bad-content', 'bad-path', 'name-conflict']);

/** @param onStatus is told when the status is another */
export function createDownload(stored: StoredDownload, context: DownloadContext, onStatus: () => void): Download {
  const content = contentOf(stored);
  const ground: Ground = { path: stored.path, partPath: stored.partPath, draft: undefined, offer: undefined };
  const liars = context.store.liars(stored.id);
  let status: Status = { state: 'checking' };
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
      pace: createPace(now),
      places: createQueuePlaces(),
      wake: createWake(),
      tell: (next) => {
        status = next;
        onStatus();
      },
      exclude: ({ key, username, address }, error) => {
        roster.exclude(key);
        liars.push({ key, username });
        context.store.addLiar(stored.id, { key, username });
        context.log.warn({ liar: username, address, sha1: content.sha1 }, error.message);
      },
    };
  }

  function verifiedBytes(): number {
    if (status.state === 'done') return stored.sizeBytes;
    return status.copiedBytes ?? ground.draft?.plan.verifiedBytes() ?? stored.verifiedBytes;
  }

  function view(): DownloadView {
    const { id, name, sha1, root, sizeBytes } = stored;
    const { state, source, error } = status;
    const queued = state === 'downloading' ? job.places.nearest() : undefined;
    return {
      id,
      name,
      sha1,
      root,
      sizeBytes,
      verifiedBytes: verifiedBytes(),
      bytesPerSecond: state === 'downloading' ? job.speed.bytesPerSecond() : 0,
      state,
      path: ground.path,
      source,
      ...(queued && { queued }),
      liars: liars.map(({ username }) => username),
      error: error && { code: error.code, message: error.message },
    };
  }

  function finish(): void {
    context.store.setPaths(stored.id, { path: ground.path });
    context.store.setOutcome(stored.id, { kind: 'done' });
    job.tell({ state: 'done' });
  }

  async function forgetDraft(): Promise<void> {
    const { offer } = ground;
    ground.draft = undefined;
    ground.offer = undefined;
    await offer?.end('given-up');
  }

  async function giveUp(error: SwapmeetError): Promise<void> {
    await forgetDraft();
    await removePart(ground.partPath);
    context.store.setPaths(stored.id, { path: ground.path });
    context.store.setOutcome(stored.id, { kind: 'failed', error });
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
    if (error.code !== 'disk-full') await forgetDraft();
    context.log.warn({ err: error, sha1: content.sha1 }, 'a download waits');
    job.tell({ state: 'waiting', error });
    await job.wake.wait(backOffMs(context.timing.retry, failures), signal).catch(() => undefined);
  }

  async function work(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let beforeBytes = 0;
    for (let error = await attempt(signal); error && !signal.aborted; error = await attempt(signal)) {
      if (FINAL.has(error.code)) {
        await giveUp(error);
        return;
      }
      const nowBytes = ground.draft?.plan.verifiedBytes() ?? 0;
      failures = nowBytes > beforeBytes ? 1 : failures + 1;
      beforeBytes = nowBytes;
      await waitOut(error, failures, signal);
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    context.paths.take(stored.path, stored.id);
    try {
      await work(signal);
    } finally {
      context.paths.release(stored.id);
    }
    if (status.state !== 'done') context.store.setVerified(stored.id, verifiedBytes());
    await rest();
  }

  /** What it has is kept for its next turn, if there is one. */
  async function rest(): Promise<void> {
    const { draft, offer } = ground;
    if (status.state === 'done' || status.state === 'failed') await context.resting.drop([stored.id]);
    else if (draft && offer) await context.resting.put(stored.id, { draft, offer });
  }

  return {
    stored,
    status: () => status,
    view,
    draft: () => ground.draft,
    wake: job.wake.wake,
    isSlow: job.pace.isSlow,
    run,
  };
}
