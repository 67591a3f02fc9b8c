import { SwapmeetError } from '../../domain/errors.ts';
import type { DownloadChange, DownloadSelection } from '../control.ts';
import type { DownloadContext } from './job.ts';
import { removePart } from './preparation.ts';
import type { Scheduler } from './scheduler.ts';
import type { OutcomeKind } from './store/rows.ts';
import type { Selection } from './store/selection.ts';

/** So many partial files are removed at once. */
const REMOVALS_MAX = 16;

/** To which downloads each change applies; to all others of a selection it does nothing. */
const APPLIES_TO: Readonly<Record<DownloadChange['action'], readonly OutcomeKind[]>> = {
  pause: ['open'],
  resume: ['paused'],
  retry: ['open', 'failed'],
  cancel: ['open', 'paused', 'failed'],
  clear: ['done', 'failed'],
  move: ['open', 'paused'],
};

/** The id that a person means by what it begins with. @throws SwapmeetError `not-found`, `bad-argument` */
export function resolveId({ store }: DownloadContext, prefix: string): string {
  const [id, other] = store.idsOf(prefix.toLowerCase());
  if (id === undefined) {
    throw new SwapmeetError('not-found', `there is no download ${prefix}: “swapmeet downloads” lists them`);
  }
  if (other !== undefined) {
    throw new SwapmeetError('bad-argument', `several downloads begin with ${prefix}: give more of the id`);
  }
  return id;
}

/** Changes what a selection has, on disk before anything else. Returns how many downloads it applied to. */
export async function changeDownloads(
  context: DownloadContext,
  scheduler: Scheduler,
  wanted: DownloadSelection,
  change: DownloadChange,
): Promise<number> {
  const selection = takeSelection(context, wanted, change);
  const count = await apply(context, scheduler, selection, change);
  scheduler.review();
  return count;
}

function takeSelection(context: DownloadContext, wanted: DownloadSelection, { action }: DownloadChange): Selection {
  const { ids, folder, state } = wanted;
  return {
    ids: ids?.map((id) => resolveId(context, id)),
    folder,
    outcomes: APPLIES_TO[action].filter((outcome) => state === undefined || outcome === state),
  };
}

function apply(
  context: DownloadContext,
  scheduler: Scheduler,
  selection: Selection,
  change: DownloadChange,
): Promise<number> | number {
  const { store } = context;
  switch (change.action) {
    case 'pause':
      return pause(context, scheduler, selection);
    case 'resume':
      return store.setOutcomes(selection, { kind: 'open' });
    case 'retry':
      return retry(context, scheduler, selection);
    case 'cancel':
      return cancel(context, scheduler, selection, change.keepParts ?? false);
    case 'clear':
      return store.remove(selection);
    case 'move':
      return move(context, scheduler, selection, change.to);
  }
}

async function pause({ store, resting }: DownloadContext, scheduler: Scheduler, selection: Selection): Promise<number> {
  const ids = store.idsIn(selection);
  store.setOutcomes(selection, { kind: 'paused' });
  await scheduler.release(ids);
  await resting.drop(ids);
  return ids.length;
}

async function retry({ store }: DownloadContext, scheduler: Scheduler, selection: Selection): Promise<number> {
  for (const id of store.idsIn({ ...selection, outcomes: ['failed'] })) store.clearLiars(id);
  const count = store.setOutcomes(selection, { kind: 'open' });
  store.retryFiles();
  // A folder that is over may still be flushed.
  const over = scheduler.all().filter(({ status }) => status().state === 'failed' || status().state === 'done');
  await scheduler.release(over.map(({ stored }) => stored.id));
  for (const { wake } of scheduler.all()) wake();
  return count;
}

/** A download that is at work ends first; should this process end meanwhile, it is found paused. */
async function cancel(
  context: DownloadContext,
  scheduler: Scheduler,
  selection: Selection,
  keepParts: boolean,
): Promise<number> {
  const { store, resting } = context;
  const ids = store.idsIn(selection);
  store.setOutcomes({ ...selection, outcomes: ['open'] }, { kind: 'paused' });
  await scheduler.release(ids);
  await resting.drop(ids);
  const leftover = { ids, outcomes: ['paused', 'failed'] } as const;
  const parts = keepParts ? [] : [...store.partsIn(leftover)];
  while (parts.length > 0) await Promise.all(parts.splice(-REMOVALS_MAX).map(removePart));
  return store.remove(leftover);
}

/** Those that only wait at work make room, so that the new order is the one in which all are tried. */
async function move(
  context: DownloadContext,
  scheduler: Scheduler,
  selection: Selection,
  to: Extract<DownloadChange, { action: 'move' }>['to'],
): Promise<number> {
  const { store } = context;
  const target = typeof to === 'string' ? to : { beforeId: resolveId(context, to.before) };
  const ids = store.idsIn(selection).filter((id) => typeof target === 'string' || id !== target.beforeId);
  store.move(ids, target);
  const idle = scheduler.all().filter(({ status }) => status().state === 'waiting');
  await scheduler.release(idle.map(({ stored }) => stored.id));
  return ids.length;
}
