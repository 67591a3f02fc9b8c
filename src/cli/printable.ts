/** What could move the cursor, restyle the terminal, or show a name as another: controls, bidi marks, line separators, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const REPLACEMENT = '\ufffd';

/** A text from elsewhere as it may stand on a terminal, in one line: each unsafe character is shown as U+FFFD. */
export function printable(text: string): string {
  return text.replace(UNSAFE, REPLACEMENT);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as JSON in one line, with everything unsafe escaped: the same value for a program, harmless on a terminal. */
export function printableJson(value: object): string {
  return JSON.stringify(value).replace(UNSAFE, escapeUnit);
}
