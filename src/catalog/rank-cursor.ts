import { SwapmeetError } from '../domain/errors.ts';
import type { Rank } from '../domain/rank.ts';

/** A rank, in the order of its type. */
type Fields = readonly [number, number, number, number, string, string];
const COUNTS = 4;

/**
 * The cursor after a hit: its rank. A page that follows holds what ranks behind it, so nothing is left out or repeated
 * but contents whose number of sources changed meanwhile.
 */
export function encodeRank({ wordsInName, wholeWords, sourceCount, nameUnits, path, id }: Rank): string {
  const fields: Fields = [wordsInName, wholeWords, sourceCount, nameUnits, path, id];
  return Buffer.from(JSON.stringify(fields), 'utf8').toString('base64url');
}

/** The rank that a cursor stands for; undefined where there is none. @throws SwapmeetError `bad-request` */
export function decodeRank(cursor: string | undefined): Rank | undefined {
  if (cursor === undefined) return undefined;
  const fields = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!isFields(fields)) {
    throw new SwapmeetError('bad-request', 'after is not what a page of this query gave as next: begin without it');
  }
  const [wordsInName, wholeWords, sourceCount, nameUnits, path, id] = fields;
  return { wordsInName, wholeWords, sourceCount, nameUnits, path, id };
}

// Threads that answer queries load this, and a library for schemas is most of what they would load.
function isFields(value: unknown): value is Fields {
  if (!Array.isArray(value) || value.length !== COUNTS + 2) return false;
  const texts: unknown[] = value.slice(COUNTS);
  return value.slice(0, COUNTS).every(isCount) && texts.every((text) => typeof text === 'string');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
