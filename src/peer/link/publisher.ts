import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createWake } from '../wake.ts';
import type { PublishedList } from './published-list.ts';
import { sendChanges, sendList } from './send-list.ts';
import type { ServerLink } from './server-link.ts';

export type Publisher = {
  /** Whether the server has the list as it is now. */
  published(): boolean;
  /** Resolves once the server has had a list of at least this revision. Rejects with the signal's reason. */
  reached(revision: number, signal: AbortSignal): Promise<void>;
  /** Resolves when the publisher has stopped. */
  readonly finished: Promise<void>;
};

const RETRY_MS = 5_000;

/**
 * Keeps the server's list of this peer equal to what is shared: by changes, where the server’s list is the one that was
 * published last, else by the whole list.
 */
export function startPublisher(options: {
  readonly link: Pick<ServerLink, 'online' | 'onOnline' | 'call'>;
  readonly list: PublishedList;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** After something was not taken. */
  readonly retryMs?: number;
}): Publisher {
  const { link, list, log, signal, retryMs = RETRY_MS } = options;
  let done: { readonly id: string; readonly revision: number } | undefined;
  const stopped = (): boolean => signal.aborted;
  const published = createWake();
  // A server that came back may have lost the list, or have an older one.
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
    await bringUpToDate(id);
    done = { id, revision };
    published.wake();
    while (list.publication.trim()) await breathe(undefined, { signal });
  }

  async function bringUpToDate(id: string): Promise<void> {
    const startMs = performance.now();
    const state = await link.call('LIST_STATE', { id });
    let { revision } = state;
    if (revision !== list.publication.revision()) {
      const { parts, resumedAt, ...sent } = await sendList(link, list, state.upload);
      revision = sent.revision;
      log.info({ parts, resumedAt, tookMs: tookMs(startMs) }, 'list published');
    }
    const changes = await sendChanges(link, list.publication, revision);
    if (changes > 0) log.info({ changes, tookMs: tookMs(startMs) }, 'changes published');
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

function tookMs(startMs: number): number {
  return Math.round(performance.now() - startMs);
}
