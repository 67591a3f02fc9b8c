import { SwapmeetError } from '../../domain/errors.ts';
import { createLazyPart } from './assembly/lazy-part.ts';
import type { PartFile } from './assembly/part-file.ts';
import { startOver, type Draft } from './draft.ts';
import type { Job } from './job.ts';
import { fetchFrom } from './sources/fetch-from.ts';
import { nextSource } from './sources/next-source.ts';
import type { KeyedSource } from './sources/source-roster.ts';

/**
 * Fetches what a draft lacks, from one source after the other, and waits while there is none. When it resolves the draft is
 * whole, has the SHA-1, and is on the disk. May be called again after a failure.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`; `bad-content` where no bytes have both the root and the SHA-1; the
 *   signal's reason
 */
export async function fetchContent(job: Job, draft: Draft, signal: AbortSignal): Promise<void> {
  const { gate } = job.context;
  for (;;) {
    const source = draft.plan.isComplete() ? undefined : await nextSource(job, signal);
    if (gate.isFull()) job.tell({ state: 'waiting' });
    if (await gate.run(() => attempt(job, draft, source, signal), signal)) return;
  }
}

/** Goes on as long as there is a source to ask. Returns whether the draft is whole and right. */
async function attempt(job: Job, draft: Draft, first: KeyedSource | undefined, signal: AbortSignal): Promise<boolean> {
  const part = createLazyPart(() => openPart(job, draft));
  try {
    for (let source = first; source && !draft.plan.isComplete(); source = job.roster.next()) {
      if (draft.contributors.mustStartOver(source)) {
        await part.close();
        await startOver(draft, job.content);
      }
      await fetchFrom({ job, draft, source, part, signal });
    }
    return draft.plan.isComplete() && (await finish(job, draft, await part.open(), signal));
  } finally {
    await part.close();
  }
}

async function openPart({ context, content }: Job, { partPath, layer, plan }: Draft): Promise<PartFile> {
  const part = await context.assembler.open(partPath, content, layer);
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
  await startOver(draft, content);
  return false;
}

function falselyPublished(usernames: readonly string[]): SwapmeetError {
  const by = usernames.length > 0 ? `, by ${usernames.join(', ')}` : '';
  return new SwapmeetError(
    'bad-content',
    `the file was published with a SHA-1 that is not its own${by}: tell them, and search for another copy`,
  );
}
