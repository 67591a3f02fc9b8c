import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { encodeFileLine } from '../../protocol/codecs/file-list.ts';
import { LIST_BYTES_MAX, SMALL_BYTES_MAX } from '../../protocol/limits.ts';
import { createWake } from '../wake.ts';
import type { ServerLink } from './server-link.ts';

/** What the publisher needs of the share index. */
export type PublishedList = {
  /** Grows with every change of `entries()`. */
  readonly revision: () => number;
  readonly entries: () => Iterable<Entry>;
  /** Resolves when the revision is another one than the given, and changes have calmed down. */
  readonly changed: (sinceRevision: number, signal: AbortSignal) => Promise<unknown>;
};

export type Publisher = {
  /** Whether the server has the list as it is now. */
  published(): boolean;
  /** Resolves once the server has had a list of at least this revision. Rejects with the signal's reason. */
  reached(revision: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the publisher has stopped. */
  readonly finished: Promise<void>;
};

/** A whole list travels each time: after a costly one it waits this many times as long as that took. */
const REST_FACTOR = 5;
const RETRY_MS = 5_000;
const YIELD_EVERY = 1_000;
/** What a REGISTER_UPDATE carries beside the list. */
const LIST_ROOM_BYTES = LIST_BYTES_MAX - SMALL_BYTES_MAX;

/** Keeps the server's list of this peer equal to what is shared. */
export function startPublisher(options: {
  readonly link: Pick<ServerLink, 'online' | 'onOnline' | 'publish'>;
  readonly list: PublishedList;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** After a list was not taken. */
  readonly retryMs?: number;
}): Publisher {
  const { link, list, log, signal, retryMs = RETRY_MS } = options;
  let done: { readonly id: string; readonly revision: number } | undefined;
  const stopped = (): boolean => signal.aborted;
  const published = createWake();
  // A server that came back may have lost the list, or have an older one: comparing an equal one is cheap for it.
  let session = new AbortController();
  const forget = link.onOnline(() => {
    done = undefined;
    session.abort();
    session = new AbortController();
  });

  async function publishOnce(): Promise<void> {
    const id = await link.online(signal);
    const revision = list.revision();
    if (done?.id === id && done.revision === revision) {
      const renewed = session.signal;
      await list.changed(revision, AbortSignal.any([signal, renewed])).catch((error: unknown) => {
        if (!renewed.aborted) throw error;
      });
      return;
    }
    const startMs = performance.now();
    const fileList = await encodeAll(list.entries(), log);
    await link.publish(fileList);
    done = { id, revision };
    published.wake();
    const tookMs = performance.now() - startMs;
    log.info({ revision, bytes: fileList.length, tookMs: Math.round(tookMs) }, 'list published');
    await sleep(tookMs * REST_FACTOR, undefined, { signal });
  }

  async function run(): Promise<void> {
    while (!stopped()) {
      try {
        await publishOnce();
      } catch (error) {
        if (stopped()) return;
        log.warn({ err: error }, 'the list could not be published; trying again');
        await sleep(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  return {
    published: () => done?.revision === list.revision(),
    reached: async (revision, stop) => {
      while (!done || done.revision < revision) await published.wait(undefined, stop);
    },
    finished: run().finally(forget),
  };
}

/** The list as bytes, made in steps that leave the event loop room. */
async function encodeAll(entries: Iterable<Entry>, log: Logger): Promise<Buffer> {
  const parts: Buffer[] = [];
  let lines: string[] = [];
  let sizeBytes = 0;
  const flush = (): void => {
    const part = Buffer.from(lines.join('\n') + '\n', 'utf8');
    lines = [];
    sizeBytes += part.length;
    parts.push(part);
  };
  for (const entry of entries) {
    lines.push(encodeFileLine(entry));
    if (lines.length < YIELD_EVERY) continue;
    flush();
    if (sizeBytes > LIST_ROOM_BYTES) throw tooLong();
    await sleep(0);
  }
  if (lines.length > 0) flush();
  if (sizeBytes > LIST_ROOM_BYTES) throw tooLong();
  log.debug({ sizeBytes }, 'list encoded');
  return Buffer.concat(parts);
}

function tooLong(): SwapmeetError {
  return new SwapmeetError(
    'too-large',
    'the shares have more files than one list can carry: share fewer folders with one peer',
  );
}
