import { readFileSync } from 'node:fs';

/** The vectors of one file; the caller says what they look like, as `vectors/README.md` does. */
export function loadVectors(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`vectors/${file}`, import.meta.url), 'utf8'));
}
