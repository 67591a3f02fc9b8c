import { setImmediate as turnEnd } from 'node:timers/promises';
import { SwapmeetError } from '../../domain/errors.ts';
import type { DownloadChange, DownloadSelection } from '../control.ts';
import type { DownloadContext } from './job.ts';
import { removePart } from './preparation.ts';
import { moveAll } from './reorder.ts';
import type { Scheduler } from './scheduler.ts';
import { inSteps, REMOVAL_ROWS, STEP_ROWS } from './steps.ts';
import type { OutcomeKind } from './store/rows.ts';
import type { Chosen, Selection } from './store/selection.ts';

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

/**
 * Changes what a selection has, some at a time. Returns how many downloads it applied to, when all of it is on the disk and
 * what it ends at work has ended; a process that is killed before leaves each as it was, or changed.
 */
export async function changeDownloads(
  context: DownloadContext,
  scheduler: Scheduler,
  wanted: DownloadSelection,
  change: DownloadChange,
): Promise<number> {
  const selection = takeSelection(context, wanted, change);
  const count = await apply(context, scheduler, selection, change);
  context.store.flush();
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
): Promise<number> {
  switch (change.action) {
    case 'pause':
      return pause(context, scheduler, selection);
    case 'resume':
      return resume(context, selection);
    case 'retry':
      return retry(context, scheduler, selection);
    case 'cancel':
      return cancel(context, scheduler, selection, change.keepParts ?? false);
    case 'clear':
      return clear(context, selection);
    case 'move':
      return move(context, scheduler, selection, change.to);
  }
}

/** From the back, so that what is at work ends last, and little begins that is to be paused, too. */
async function pause(context: DownloadContext, scheduler: Scheduler, selection: Selection): Promise<number> {
  const { store, resting } = context;
  let count = 0;
  for await (const ids of inSteps(context, selection, 'back')) {
    count += store.setOutcomes({ ids, outcomes: ['open'] }, { kind: 'paused' });
    await scheduler.release(ids);
    await resting.drop(ids);
  }
  return count;
}

async function resume(context: DownloadContext, selection: Selection): Promise<number> {
  const { outcomes } = selection;
  let count = 0;
  for await (const ids of inSteps(context, selection)) {
    count += context.store.setOutcomes({ ids, outcomes }, { kind: 'open' });
  }
  return count;
}

async function retry(context: DownloadContext, scheduler: Scheduler, selection: Selection): Promise<number> {
  const { store } = context;
  const { outcomes } = selection;
  let count = 0;
  for await (const ids of inSteps(context, selection)) {
    if (outcomes.includes('failed')) store.clearLiars({ ids, outcomes: ['failed'] });
    count += store.setOutcomes({ ids, outcomes }, { kind: 'open' });
    while (store.retryFiles(ids, STEP_ROWS)) await turnEnd();
  }
  // A folder that is over may still be flushed.
  const over = scheduler.all().filter(({ status }) => status().state === 'failed' || status().state === 'done');
  await scheduler.release(over.map(({ stored }) => stored.id));
  for (const { wake } of scheduler.all()) wake();
  return count;
}

/** From the back, as with `pause`. */
async function cancel(
  context: DownloadContext,
  scheduler: Scheduler,
  selection: Selection,
  keepParts: boolean,
): Promise<number> {
  const { store } = context;
  const { outcomes } = selection;
  let count = 0;
  for await (const ids of inSteps(context, selection, 'back', REMOVAL_ROWS)) {
    const chosen = { ids, outcomes };
    const parts = store.partsOf(chosen);
    if (parts.length > 0 || ids.some(scheduler.held)) await giveUp(context, scheduler, chosen, keepParts);
    count += store.remove(chosen);
  }
  return count;
}

/** What is at work ends, and loses its partial files. Should this process end meanwhile, they are found paused. */
async function giveUp(
  { store, resting }: DownloadContext,
  scheduler: Scheduler,
  { ids, outcomes }: Chosen,
  keepParts: boolean,
): Promise<void> {
  // Where open ones are chosen, paused ones are as well.
  store.setOutcomes({ ids, outcomes: outcomes.filter((outcome) => outcome === 'open') }, { kind: 'paused' });
  await scheduler.release(ids);
  await resting.drop(ids);
  const parts = keepParts ? [] : [...store.partsOf({ ids, outcomes })];
  while (parts.length > 0) await Promise.all(parts.splice(-REMOVALS_MAX).map(removePart));
}

async function clear(context: DownloadContext, selection: Selection): Promise<number> {
  const { outcomes } = selection;
  let count = 0;
  for await (const ids of inSteps(context, selection, 'front', REMOVAL_ROWS)) {
    count += context.store.remove({ ids, outcomes });
  }
  return count;
}

/** Those that only wait at work make room, so that the new order is the one in which all are tried. */
async function move(
  context: DownloadContext,
  scheduler: Scheduler,
  selection: Selection,
  to: Extract<DownloadChange, { action: 'move' }>['to'],
): Promise<number> {
  const target = typeof to === 'string' ? to : { beforeId: resolveId(context, to.before) };
  const selected: string[] = [];
  for await (const ids of inSteps(context, selection)) {
    selected.push(...ids.filter((id) => typeof target === 'string' || id !== target.beforeId));
  }
  await moveAll(context, selected, target);
  const idle = scheduler.all().filter(({ status }) => status().state === 'waiting');
  await scheduler.release(idle.map(({ stored }) => stored.id));
  return selected.length;
}
