import { get, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { SwapmeetError } from '../domain/errors.ts';

/** Without a deadline: bytes that nobody has yet may take days. */
function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { signal, agent: false }, resolve).once('error', reject);
  });
}

/**
 * Writes a stream to stdout, as fast as that is read.
 *
 * @throws SwapmeetError `disconnected` where it ends before its end; the signal's reason
 */
export async function writeToStdout(url: string, signal: AbortSignal): Promise<void> {
  try {
    const response = await open(url, signal);
    if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode ?? 0}`);
    await pipeline(response, process.stdout, { end: false, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new SwapmeetError('disconnected', 'the stream broke off: the same command begins it anew', { cause });
  }
}
