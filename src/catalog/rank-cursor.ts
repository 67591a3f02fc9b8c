import { z } from 'zod';
import { SwapmeetError } from '../domain/errors.ts';
import type { Rank } from '../domain/rank.ts';

const COUNT = z.number().int().min(0);
const CURSOR = z.tuple([COUNT, COUNT, COUNT, COUNT, z.string(), z.string()]);

/**
 * The cursor after a hit: its rank. A page that follows holds what ranks behind it, so nothing is left out or repeated
 * but contents whose number of sources changed meanwhile.
 */
export function encodeRank({ wordsInName, wholeWords, sourceCount, nameUnits, path, id }: Rank): string {
  const fields: z.infer<typeof CURSOR> = [wordsInName, wholeWords, sourceCount, nameUnits, path, id];
  return Buffer.from(JSON.stringify(fields), 'utf8').toString('base64url');
}

/** The rank that a cursor stands for; undefined where there is none. @throws SwapmeetError `bad-request` */
export function decodeRank(cursor: string | undefined): Rank | undefined {
  if (cursor === undefined) return undefined;
  const fields = CURSOR.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (!fields.success) {
    throw new SwapmeetError('bad-request', 'after is not what a page of this query gave as next: begin without it');
  }
  const [wordsInName, wholeWords, sourceCount, nameUnits, path, id] = fields.data;
  return { wordsInName, wholeWords, sourceCount, nameUnits, path, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
