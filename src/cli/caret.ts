import type { QueryError } from '../domain/query-parse.ts';
import { printable } from './printable.ts';

const INDENT = '  ';

/** What a terminal shows two columns wide. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
/** What it shows on top of the character before. */
const ON_TOP = /\p{M}|\p{Default_Ignorable_Code_Point}/u;

function blankOf(character: string): string {
  if (ON_TOP.test(character)) return '';
  return WIDE.test(character) ? '  ' : ' ';
}

/** The query, and below it a caret at the place that the error is about. */
export function caretLines({ query, column }: QueryError): string[] {
  const before = Array.from(query).slice(0, column - 1);
  return [INDENT + printable(query), `${INDENT}${before.map(blankOf).join('')}^`];
}
