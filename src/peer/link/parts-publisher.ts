import type { Logger } from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { toSwapmeetError } from '../../domain/errors.ts';
import { PARTS_MAX } from '../../protocol/limits.ts';
import { createWake } from '../wake.ts';
import type { ServerLink } from './server-link.ts';

export type PartsPublisher = {
  /** Stops; the server forgets the parts with the session. */
  close(): Promise<void>;
};

export type PartsPublisherOptions = {
  readonly link: Pick<ServerLink, 'online' | 'onOnline' | 'call'>;
  readonly parts: {
    readonly list: () => readonly { readonly entry: Entry }[];
    readonly onChange: (listener: () => void) => () => void;
  };
  readonly log: Logger;
  /** After the server did not take them. */
  readonly retryMs?: number;
};

const RETRY_MS = 5_000;

/** Keeps the server told of what this peer holds in part. Changes that come while it is being told travel together. */
export function startPartsPublisher({ link, parts, log, retryMs = RETRY_MS }: PartsPublisherOptions): PartsPublisher {
  const stop = new AbortController();
  const stopped = (): boolean => stop.signal.aborted;
  const changed = createWake();
  // A session begins without any.
  let isTold = true;
  const stops = [
    parts.onChange(() => {
      isTold = false;
      changed.wake();
    }),
    link.onOnline(() => {
      isTold = parts.list().length === 0;
      changed.wake();
    }),
  ];

  async function tell(): Promise<void> {
    await link.online(stop.signal);
    isTold = true;
    const entries = parts.list().map(({ entry }) => entry);
    await link.call('PARTS', { entries: entries.slice(0, PARTS_MAX) }, { signal: stop.signal });
  }

  async function run(): Promise<void> {
    while (!stopped()) {
      try {
        if (isTold) await changed.wait(undefined, stop.signal);
        else await tell();
      } catch (error) {
        if (stopped()) return;
        isTold = false;
        log.info({ code: toSwapmeetError(error).code }, 'the server did not take what is held in part');
        await changed.wait(retryMs, stop.signal).catch(() => undefined);
      }
    }
  }

  const running = run();
  return {
    async close() {
      for (const end of stops) end();
      stop.abort();
      await running;
    },
  };
}
