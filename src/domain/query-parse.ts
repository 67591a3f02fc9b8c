import { SwapmeetError } from './errors.ts';
import { FILE_TYPES, isFileType } from './file-types.ts';
import { fold } from './fold.ts';
import type { Predicate, Query, Term } from './query.ts';
import { parseSizeRange, SIZE_FORM } from './query-size.ts';

/** A query that does not parse, and the place: a column, counted in characters from 1. */
export class QueryError extends SwapmeetError {
  readonly query: string;
  readonly column: number;

  constructor(query: string, column: number, sentence: string) {
    super('bad-query', `at column ${column}: ${sentence}`);
    this.query = query;
    this.column = column;
  }
}

/** Terms of one query at most: longer than any file name that somebody pastes. */
export const QUERY_TERMS_MAX = 64;

type Filter = {
  /** The form of its value, for an error's sentence. */
  readonly form: string;
  readonly take: (value: string) => Predicate | undefined;
};

const FILTERS: Readonly<Record<string, Filter>> = {
  ext: { form: 'extensions, such as ext:mp3 or ext:mp3,flac', take: takeExtensions },
  type: { form: `types: ${Object.keys(FILE_TYPES).join(', ')}, such as type:audio`, take: takeTypes },
  size: { form: SIZE_FORM, take: takeSize },
  peer: { form: 'a username or id, such as peer:alice or peer:"alice smith"', take: takePeer },
  sha1: { form: '40 hex digits', take: (value) => takeHex(value, 40, (sha1) => ({ kind: 'sha1', sha1 })) },
  root: { form: '64 hex digits', take: (value) => takeHex(value, 64, (root) => ({ kind: 'root', root })) },
};

/** The only words before a colon that are not looked for as text. */
export const FILTER_NAMES: readonly string[] = Object.keys(FILTERS);

function takeExtensions(value: string): Predicate | undefined {
  const endings = value.split(',').map((extension) => `.${fold(extension.replace(/^\./, ''))}`);
  return endings.includes('.') ? undefined : { kind: 'extension', endings };
}

function takeTypes(value: string): Predicate | undefined {
  const types = fold(value).split(',');
  if (!types.every(isFileType)) return undefined;
  return { kind: 'extension', endings: types.flatMap((type) => FILE_TYPES[type].map((extension) => `.${extension}`)) };
}

function takeSize(value: string): Predicate | undefined {
  const range = parseSizeRange(value);
  return range && { kind: 'size', ...range };
}

function takePeer(value: string): Predicate | undefined {
  return value === '' ? undefined : { kind: 'peer', name: value, foldedName: fold(value) };
}

function takeHex(value: string, digits: number, toPredicate: (hex: string) => Predicate): Predicate | undefined {
  return value.length === digits && /^[0-9a-f]*$/i.test(value) ? toPredicate(value.toLowerCase()) : undefined;
}

// A sign, then a filter's name, then a quoted value (which may lack its closing quote) or a bare one.
const TERM = new RegExp(`(-?)(?:(${FILTER_NAMES.join('|')}):)?(?:"([^"]*)("?)|(\\S*))`, 'iuy');
const SPACE = /\s*/uy;

/**
 * The query that a text stands for. [PROTOCOL §6.5] Terms are separated by spaces and must all hold:
 * a word, `"a phrase"`, `ext:` `type:` `size:` `peer:` `sha1:` `root:` (values with spaces in quotes, a comma between
 * alternatives of `ext:` and `type:`), and any of them after a `-`, which excludes. Other words with a colon are words.
 *
 * @throws QueryError with what is expected at its place; SwapmeetError `bad-query` for what is no text
 */
export function parseQuery(text: string): Query {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new SwapmeetError('bad-query', 'a query is well-formed text without NUL');
  }
  const terms: Term[] = [];
  for (let at = skipSpace(text, 0); at < text.length;) {
    if (terms.length === QUERY_TERMS_MAX) fail(text, at, `a query has at most ${QUERY_TERMS_MAX} terms`);
    const { term, end } = parseTerm(text, at);
    terms.push(term);
    at = skipSpace(text, end);
  }
  if (terms.every(({ excluded }) => excluded)) {
    fail(text, 0, 'say what to look for: a word, or a filter such as type:audio');
  }
  return { terms };
}

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function parseTerm(text: string, at: number): { readonly term: Term; readonly end: number } {
  TERM.lastIndex = at;
  const [whole = '', sign, name, quoted, closing, bare] = TERM.exec(text) ?? [];
  if (closing === '') fail(text, at + whole.indexOf('"'), 'the phrase that begins here needs a closing "');
  const end = at + whole.length;
  // A dash by itself stands between words, as in “artist - title”: a word like another.
  if (whole === '-') return { term: { predicate: { kind: 'text', text: '-' }, excluded: false }, end };
  const value = quoted ?? bare ?? '';
  const predicate = name === undefined ? takeText(text, at, value) : takeFilter(text, at, name.toLowerCase(), value);
  return { term: { predicate, excluded: sign === '-' }, end };
}

function takeText(text: string, at: number, value: string): Predicate {
  const folded = fold(value);
  if (folded === '') fail(text, at, 'there is nothing to look for in this word');
  return { kind: 'text', text: folded };
}

function takeFilter(text: string, at: number, name: string, value: string): Predicate {
  const filter = FILTERS[name];
  return filter?.take(value) ?? fail(text, at, `${name}: takes ${filter?.form ?? 'nothing'}`);
}

function fail(text: string, at: number, sentence: string): never {
  throw new QueryError(text, Array.from(text.slice(0, at)).length + 1, sentence);
}
