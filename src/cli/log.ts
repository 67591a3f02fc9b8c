import { pino, type DestinationStream, type Logger } from 'pino';
import { hideBar } from './bar.ts';
import type { Globals } from './globals.ts';
import { logSentence } from './log-sentence.ts';

const STDERR = 2;

const TERMINAL: DestinationStream = {
  write: (line) => {
    hideBar();
    process.stderr.write(`${logSentence(line)}\n`);
  },
};

/**
 * The log of a server or peer, on stderr: JSON lines for a program, sentences for a person. On a terminal it tells by
 * itself only what is wrong.
 */
export function createLogger({ log, logLevel, json }: Globals): Logger {
  const isTerminal = process.stderr.isTTY;
  const form = log ?? (isTerminal && !json ? 'text' : 'json');
  return pino(
    { level: logLevel ?? (isTerminal ? 'warn' : 'info') },
    form === 'text' ? TERMINAL : pino.destination(STDERR),
  );
}
