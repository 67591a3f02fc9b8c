import { pino, type Logger } from 'pino';
import type { Globals } from './globals.ts';

const STDERR = 2;

/** The log of a server or peer: JSON lines on stderr. On a terminal it tells by itself only what is wrong. */
export function createLogger({ logLevel }: Globals): Logger {
  return pino({ level: logLevel ?? (process.stderr.isTTY ? 'warn' : 'info') }, pino.destination(STDERR));
}
