import { SwapmeetError } from '../../domain/errors.ts';
import { createLazyPart } from './assembly/lazy-part.ts';
import type { PartFile } from './assembly/part-file.ts';
import { startOver, type Draft } from './draft.ts';
import type { Job } from './job.ts';
import type { Offer } from './offer.ts';
import { fetchFrom } from './sources/fetch-from.ts';
import { fetchFromAll } from './sources/fetch-from-all.ts';
import { awaitUsableSource } from './sources/usable-source.ts';
import { createSwarm, type Swarm } from './sources/swarm.ts';

/**
 * Fetches what a draft lacks, from all sources at once, and waits while there is none. When it resolves the draft is whole, has
 * the SHA-1, and is on the disk. May be called again after a failure: what is verified is still offered then.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`; `bad-content` where no bytes have both the root and the SHA-1; the
 *   signal's reason
 */
export async function fetchContent(job: Job, draft: Draft, offer: Offer, signal: AbortSignal): Promise<void> {
  const { gate, readIds } = job.context;
  const entrant = {
    isRead: () => readIds().includes(job.stored.id),
    isSlow: job.pace.isSlow,
    onWait: () => {
      job.tell({ state: 'waiting' });
    },
  };
  // Also while it waits: those who wait for each other's pieces would wait forever.
  offer.begin();
  for (let isWhole = false; !isWhole;) {
    if (!draft.plan.isComplete()) await awaitUsableSource(job, signal);
    isWhole = await gate.run(entrant, () => attempt(job, draft, offer, signal), signal);
  }
  await offer.end('whole');
}

/** Goes on as long as there is a source to ask. Returns whether the draft is whole and right. */
async function attempt(job: Job, draft: Draft, offer: Offer, signal: AbortSignal): Promise<boolean> {
  const part = createLazyPart(() => openPart(job, draft, offer));
  draft.plan.clear();
  try {
    await fetchMissing(createSwarm({ job, draft, part, offer }), signal);
    return draft.plan.isComplete() && (await finish(job, draft, await part.open(), signal));
  } finally {
    await part.close();
  }
}

async function fetchMissing(swarm: Swarm, signal: AbortSignal): Promise<void> {
  const { content, pace } = swarm.job;
  pace.begin();
  try {
    if (content.root === undefined) await fetchInTurn(swarm, signal);
    else await fetchFromAll(swarm, signal);
  } finally {
    pace.end();
  }
}

/** From one source after the other, each where the last one stopped: nothing but the whole can be verified. */
async function fetchInTurn(swarm: Swarm, signal: AbortSignal): Promise<void> {
  const { job, draft, part } = swarm;
  signal.addEventListener('abort', swarm.dismissAll);
  try {
    for (let source = job.roster.next(); source && !draft.plan.isComplete(); source = job.roster.next()) {
      if (draft.contributors.mustStartOver(source)) {
        await part.close();
        await startOver(draft, job);
      }
      await fetchFrom(swarm, source);
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener('abort', swarm.dismissAll);
  }
}

async function openPart({ context, content }: Job, { partPath, layer, plan }: Draft, offer: Offer): Promise<PartFile> {
  const verified = plan.verified.bitfield();
  const part = await context.threads.assembler.open({ path: partPath, content, layer, verified }, offer.isWanted);
  part.sha1.advance(plan.prefixBytes());
  return part;
}

/** Checks the SHA-1 of the whole. Without a root this is the first time that anything is checked. */
async function finish(job: Job, draft: Draft, part: PartFile, signal: AbortSignal): Promise<boolean> {
  const { content, roster } = job;
  job.tell({ state: 'finishing' });
  if ((await part.sha1.digest(content.sizeBytes, signal)) === content.sha1) {
    await part.flush();
    return true;
  }
  if (content.root !== undefined || content.sizeBytes === 0) throw falselyPublished(roster.usernames());
  const liar = draft.contributors.blame();
  if (liar) job.exclude(liar, new SwapmeetError('bad-content', 'the whole does not have the SHA-1'));
  await startOver(draft, job);
  return false;
}

function falselyPublished(usernames: readonly string[]): SwapmeetError {
  const by = usernames.length > 0 ? `, by ${usernames.join(', ')}` : '';
  return new SwapmeetError(
    'bad-content',
    `the file was published with a SHA-1 that is not its own${by}: tell them, and search for another copy`,
  );
}
