import ignore, { type Ignore } from 'ignore';
import { SwapmeetError, toSwapmeetError } from '../../../domain/errors.ts';

/** What a person wants left out of the shares and in them, in the syntax of gitignore; a path begins with its share's label. */
export type SharePatterns = {
  readonly exclude: readonly string[];
  /** Goes before `exclude`, and before what is left out by default or by a folder's own file. */
  readonly include: readonly string[];
};

/** A list of patterns that can be part of another: the last that matches decides. */
export type Rules = Ignore;

/** Beyond these a pattern is nobody's, and could be made to take for ever to match. */
const PATTERN_UNITS_MAX = 1_000;
const PATTERN_GLOBSTARS_MAX = 3;
const PATTERN_WILDCARDS_MAX = 20;
const PATTERNS_MAX = 1_000;
const SHOWN_UNITS_MAX = 100;

/** @throws SwapmeetError `bad-argument` where a pattern can't be used */
export function rulesOf(patterns: readonly string[], place = (pattern: string): string => pattern): Rules {
  if (patterns.length > PATTERNS_MAX) throw new SwapmeetError('bad-argument', `more than ${PATTERNS_MAX} patterns`);
  for (const pattern of patterns) checkSize(pattern);
  const placed = patterns.map(place);
  for (const pattern of placed) checkSyntax(pattern);
  return ignore().add(placed);
}

/** @throws SwapmeetError `bad-argument` */
export function rulesOfPerson({ exclude, include }: SharePatterns): Rules {
  return rulesOf([...exclude.map(literalStart), ...include.map((pattern) => `!${pattern}`)]);
}

/**
 * The patterns that a folder's own file holds, as they read where paths begin with the folder's. One without a slash before
 * its end matches at any depth [gitignore(5)].
 *
 * @throws SwapmeetError `bad-argument` where one can't be used
 */
export function rulesOfFolder(text: string, folder: string): Rules {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const patterns = lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return rulesOf(patterns, (pattern) => anchor(pattern, `/${escapePattern(folder)}`));
}

/** A pattern that matches a path and nothing else. */
export function escapePattern(path: string): string {
  return path.replace(/[\\*?[\]!# ]/g, '\\$&');
}

function anchor(pattern: string, folder: string): string {
  const [sign, body] = pattern.startsWith('!') ? ['!', pattern.slice(1)] : ['', pattern];
  if (body.startsWith('/')) return sign + folder + body;
  const isOfOneFolder = body.trimEnd().replace(/\/$/, '').includes('/');
  return `${sign}${folder}${isOfOneFolder ? '/' : '/**/'}${body}`;
}

/** An option's `#` is no comment, and its `!` takes nothing back. */
function literalStart(pattern: string): string {
  return /^[#!]/.test(pattern) ? `\\${pattern}` : pattern;
}

function checkSize(pattern: string): void {
  const globstars = pattern.match(/\*{2,}/g)?.length ?? 0;
  const wildcards = pattern.match(/\*+/g)?.length ?? 0;
  const isTooLong = pattern.length > PATTERN_UNITS_MAX;
  if (!isTooLong && globstars <= PATTERN_GLOBSTARS_MAX && wildcards <= PATTERN_WILDCARDS_MAX) return;
  throw new SwapmeetError(
    'bad-argument',
    `the pattern “${pattern.slice(0, SHOWN_UNITS_MAX)}” has too much in it: at most ${PATTERN_UNITS_MAX} characters, ` +
      `${PATTERN_WILDCARDS_MAX} wildcards, and ${PATTERN_GLOBSTARS_MAX} times “**”`,
  );
}

function checkSyntax(pattern: string): void {
  try {
    // It is compiled when it is first used.
    ignore().add([pattern]).ignores('a');
  } catch (cause) {
    throw new SwapmeetError('bad-argument', `“${pattern}” is no pattern: ${toSwapmeetError(cause).message}`, { cause });
  }
}
