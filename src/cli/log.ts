import { pino, type DestinationStream, type Logger } from 'pino';
import { hideBar } from './bar.ts';
import type { Globals } from './globals.ts';

const STDERR = 2;

/** What makes sentences is loaded for a person alone: it takes as long as all else that a server's log needs. */
async function terminal(): Promise<DestinationStream> {
  const { logSentence } = await import('./log-sentence.ts');
  return {
    write: (line) => {
      hideBar();
      process.stderr.write(`${logSentence(line)}\n`);
    },
  };
}

/**
 * The log of a server or peer, on stderr: JSON lines for a program, sentences for a person. On a terminal it tells by
 * itself only what is wrong.
 */
export async function createLogger({ log, logLevel, json }: Globals): Promise<Logger> {
  const isTerminal = process.stderr.isTTY;
  const form = log ?? (isTerminal && !json ? 'text' : 'json');
  return pino(
    { level: logLevel ?? (isTerminal ? 'warn' : 'info') },
    form === 'text' ? await terminal() : pino.destination(STDERR),
  );
}
