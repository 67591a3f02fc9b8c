import { setTimeout as delay } from 'node:timers/promises';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';

/** How often a stream that has nothing to tell sends an empty line, and the silence after which a reader gives up. */
export const HEARTBEAT_MS = 10_000;
export const SILENCE_MAX_MS = 3 * HEARTBEAT_MS;

const LINE_UNITS_MAX = 1024 * 1024;

/** The body of an error reply, and the last line of a stream that failed. */
export function errorBody(error: SwapmeetError): {
  readonly error: { readonly code: string; readonly message: string };
} {
  return { error: { code: error.code, message: error.message } };
}

/** The result of a promise, or undefined when `timeoutMs` has passed. */
async function within<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const timer = new AbortController();
  const timeout = delay(timeoutMs, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.abort();
  }
}

/**
 * Values as NDJSON text: a line each, an empty line whenever nothing came for `heartbeatMs`. A failure becomes the last
 * line; after `signal` aborts, the stream just ends.
 */
export async function* encodeNdjson(
  values: AsyncIterable<unknown>,
  signal: AbortSignal,
  heartbeatMs: number = HEARTBEAT_MS,
): AsyncGenerator<string, void, undefined> {
  const iterator = values[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const result = await within(next, heartbeatMs);
      if (signal.aborted || result?.done) return;
      if (result === undefined) {
        yield '\n';
        continue;
      }
      yield `${JSON.stringify(result.value)}\n`;
      next = iterator.next();
    }
  } catch (error) {
    if (!signal.aborted) yield `${JSON.stringify(errorBody(toSwapmeetError(error)))}\n`;
  } finally {
    // The source frees what it holds; its own failure while doing so interests nobody any more.
    await iterator.return?.().catch(() => undefined);
  }
}

/**
 * The non-empty lines of a stream of bytes, read no faster than they are taken. Whoever owns the stream ends it when this
 * throws: after a silence, a read is still under way.
 *
 * @throws SwapmeetError `protocol-error` on a line without an end, `timeout` when nothing at all comes for `silenceMaxMs`
 */
export async function* readLines(
  body: AsyncIterable<Uint8Array>,
  silenceMaxMs: number = SILENCE_MAX_MS,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const iterator = body[Symbol.asyncIterator]();
  let rest = '';
  for (;;) {
    const result = await within(iterator.next(), silenceMaxMs);
    if (result === undefined) throw new SwapmeetError('timeout', 'the peer fell silent');
    if (result.done) return;
    const lines = (rest + decoder.decode(result.value, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_UNITS_MAX) throw new SwapmeetError('protocol-error', 'the peer sent an endless line');
    yield* lines.filter((line) => line !== '');
  }
}
