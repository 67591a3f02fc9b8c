import { readFile } from 'node:fs/promises';
import { fold } from '../../src/domain/fold.ts';
import { below, createRandom, pick } from './random.ts';

const SEED = 1_000;
const QUERIES = 1_000;
const COMMON_WORDS = 40;
const WORD_UNITS_MIN = 3;

type Source = {
  readonly random: () => number;
  readonly sample: readonly (readonly string[])[];
  readonly common: readonly string[];
};

/** What people type, and how many of a hundred type it. */
const KINDS: readonly (readonly [number, (source: Source) => string])[] = [
  [25, ({ random, sample }) => wordOf(random, sample)],
  [20, ({ random, sample }) => prefixOf(random, wordOf(random, sample))],
  [20, ({ random, sample }) => infixOf(random, wordOf(random, sample))],
  [20, ({ random, sample }) => twoWordsOf(random, sample)],
  [10, ({ random, common }) => pick(random, common)],
  [5, ({ random }) => nonsense(random)],
];

/** The lines of a file, or 1,000 queries of all kinds made of the corpus's own words, the same ones for the same corpus. */
export async function readQueries(file: string | undefined, sample: readonly string[]): Promise<readonly string[]> {
  const queries = file === undefined ? generateQueries(sample) : (await readFile(file, 'utf8')).split(/\r?\n/);
  return queries.filter((query) => query.trim() !== '');
}

function generateQueries(paths: readonly string[]): readonly string[] {
  const random = createRandom(SEED);
  const sample = paths.map(wordsOf).filter((words) => words.length > 0);
  const source = { random, sample, common: commonWords(sample) };
  return Array.from({ length: QUERIES }, (_, number) => kindAt(number)(source));
}

/** What people wait for: two words of one path, none of them a very common one. */
export function watchesOf(paths: readonly string[], count: number): readonly string[] {
  const random = createRandom(SEED);
  const words = paths.map(wordsOf);
  const common = new Set(commonWords(words));
  const rarer = words.map((all) => all.filter((word) => !common.has(word))).filter((all) => all.length > 1);
  const watches = new Set<string>();
  while (watches.size < count) {
    const from = pick(random, rarer);
    watches.add(`${pick(random, from)} ${pick(random, from)}`);
  }
  return [...watches];
}

/** All kinds mixed, each as often as it should be in a hundred: 37 has no divisor in common with 100. */
function kindAt(number: number): (source: Source) => string {
  let left = (number * 37) % 100;
  for (const [share, kind] of KINDS) {
    if (left < share) return kind;
    left -= share;
  }
  throw new RangeError('the kinds of queries make no hundred');
}

function wordsOf(path: string): string[] {
  return fold(path)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= WORD_UNITS_MIN);
}

function commonWords(sample: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const words of sample) for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, COMMON_WORDS)
    .map(([word]) => word);
}

function wordOf(random: () => number, sample: readonly (readonly string[])[]): string {
  return pick(random, pick(random, sample));
}

function prefixOf(random: () => number, word: string): string {
  const units = Array.from(word);
  return units.slice(0, WORD_UNITS_MIN + below(random, Math.max(1, units.length - WORD_UNITS_MIN))).join('');
}

function infixOf(random: () => number, word: string): string {
  const units = Array.from(word);
  const start = below(random, Math.max(1, units.length - WORD_UNITS_MIN));
  return units.slice(start, start + WORD_UNITS_MIN + below(random, 4)).join('');
}

function twoWordsOf(random: () => number, sample: readonly (readonly string[])[]): string {
  const words = pick(random, sample);
  return `${pick(random, words)} ${pick(random, words)}`;
}

function nonsense(random: () => number): string {
  return Array.from({ length: 8 }, () => pick(random, Array.from('bcdfghjklmnpqrstvwxz'))).join('');
}
