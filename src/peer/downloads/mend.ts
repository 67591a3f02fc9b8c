import { dirname } from 'node:path';
import { SwapmeetError } from '../../domain/errors.ts';
import { createSpeedMeter } from '../speed-meter.ts';
import { createWake } from '../wake.ts';
import type { Content } from './content.ts';
import { createDraft } from './draft.ts';
import { fetchContent } from './fetch-content.ts';
import type { DownloadContext, Job, Status } from './job.ts';
import { createOffer } from './offer.ts';
import { createPace } from './pace.ts';
import { createPlan } from './plan/plan.ts';
import { createQueuePlaces } from './sources/queue-places.ts';
import { createSourceRoster } from './sources/source-roster.ts';

/** A file of which some pieces are wrong. */
export type PartToMend = {
  /** Absolute. */
  readonly partPath: string;
  readonly name: string;
  readonly content: Content & { readonly root: string };
  readonly layer: Uint8Array;
  /** The pieces that are right: a bitfield. */
  readonly rightPieces: Uint8Array;
};

/** Sources that fail are tried again for so long. */
const PATIENCE_MS = 10_000;

/**
 * Fetches the pieces that a file lacks, and those alone. When it resolves, all of the file has its root and its SHA-1, and is on
 * the disk. Nothing of it is kept in the queue.
 *
 * @returns how many bytes were fetched
 * @throws SwapmeetError `no-source`, or why the sources fail; `disk-full`, `disk-error`; the signal's reason
 */
export async function mendPart(context: DownloadContext, part: PartToMend, signal: AbortSignal): Promise<number> {
  const { content, layer, rightPieces, partPath } = part;
  const plan = createPlan(content, rightPieces, context.random);
  const missingBytes = content.sizeBytes - plan.verifiedBytes();
  const patience = createPatience();
  const draft = createDraft({ path: partPath, partPath, layer, plan });
  const job = jobOf(context, part, patience.heed);
  const offer = createOffer(job, draft);
  try {
    await fetchContent(job, draft, offer, AbortSignal.any([signal, patience.signal]));
  } finally {
    patience.end();
    await offer.end('given-up');
  }
  return missingBytes;
}

/** Aborts when there is nobody to ask, with why. */
function createPatience() {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  function giveUp({ code, message }: SwapmeetError): void {
    const isNobody = code === 'no-source';
    const sentence = isNobody ? 'nobody who is online has it whole: try again when somebody does' : message;
    over.abort(new SwapmeetError(code, sentence));
  }

  return {
    signal: over.signal,
    heed: ({ state, error }: Status): void => {
      if (state !== 'waiting' || !error) {
        clearTimeout(timer);
        timer = undefined;
      } else if (error.code === 'no-source') giveUp(error);
      else timer ??= setTimeout(giveUp, PATIENCE_MS, error);
    },
    end: (): void => {
      clearTimeout(timer);
    },
  };
}

function jobOf(context: DownloadContext, { partPath, name, content }: PartToMend, tell: Job['tell']): Job {
  const { identity, timing, now, random, log } = context;
  const { sha1, root, sizeBytes } = content;
  const roster = createSourceRoster({ content, ownKey: identity.key, retry: timing.retry, now, random });
  return {
    context,
    stored: {
      id: `mend ${root}`,
      isFolder: false,
      name,
      sha1,
      root,
      sizeBytes,
      verifiedBytes: 0,
      folder: dirname(partPath),
      path: partPath,
      partPath,
      outcome: { kind: 'open' },
    },
    content,
    roster,
    speed: createSpeedMeter(now),
    pace: createPace(now),
    places: createQueuePlaces(),
    wake: createWake(),
    tell,
    exclude: ({ key, username, address }, error) => {
      roster.exclude(key);
      log.warn({ liar: username, address, sha1 }, error.message);
    },
  };
}
