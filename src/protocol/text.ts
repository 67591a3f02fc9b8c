import { SwapmeetError } from '../domain/errors.ts';

/**
 * The text rules of every payload but DATA's: items on lines, reserved characters percent-encoded, attribute lines last.
 * There is exactly one encoding of a text: only the five reserved characters are ever encoded. [PROTOCOL §4]
 */

const CODE_OF: Readonly<Record<string, string>> = {
  '%': '%25',
  '|': '%7C',
  '\r': '%0D',
  '\n': '%0A',
  '\0': '%00',
};
const CHARACTER_OF = Object.fromEntries(Object.entries(CODE_OF).map(([character, code]) => [code, character]));
const RESERVED = new RegExp(`[${Object.keys(CODE_OF).join('')}]`, 'g');

/** A text as it may stand between `|` and line ends. */
export function escapeField(text: string): string {
  return text.replace(RESERVED, (character) => CODE_OF[character] ?? character);
}

/**
 * The text that a field stands for.
 *
 * @throws SwapmeetError `bad-request` on a `%` that is not followed by one of the five codes (either case), or a bare
 *   reserved character
 */
export function unescapeField(field: string): string {
  if (/[|\r\n]/.test(field) || field.includes('\0')) {
    throw new SwapmeetError('bad-request', 'a field has a bare |, CR, LF or NUL: percent-encode it');
  }
  if (!field.includes('%')) return field;
  return field.replace(/%(.{0,2})/gs, (sequence) => {
    const character = CHARACTER_OF[sequence.toUpperCase()];
    if (character === undefined) {
      throw new SwapmeetError(
        'bad-request',
        `“${sequence}” is no escape: write % as %25, | as %7C, CR as %0D, LF as %0A, NUL as %00`,
      );
    }
    return character;
  });
}

/** The fields of one line as escaped, `|`-separated text. */
export function joinFields(fields: readonly string[]): string {
  return fields.map(escapeField).join('|');
}

/** What makes a field another text than it looks, or none: most lines have nothing of it. */
const ESCAPED_OR_BARE = new RegExp(`[${Object.keys(CODE_OF).join('').replace('|', '')}]`);

/** The fields of a `|`-separated line. */
export function splitFields(line: string): string[] {
  const fields: string[] = [];
  let from = 0;
  // In half of the time that `split` takes.
  for (let bar = line.indexOf('|'); bar !== -1; bar = line.indexOf('|', from)) {
    fields.push(line.slice(from, bar));
    from = bar + 1;
  }
  fields.push(line.slice(from));
  return ESCAPED_OR_BARE.test(line) ? fields.map(unescapeField) : fields;
}

/** `|key=value` lines; unknown keys are ignored by whoever reads them. */
export type Attributes = Readonly<Record<string, string | undefined>>;

/** A payload taken apart. Lines are as they travelled: still escaped, since some hold one field and some several. */
export type Payload = { readonly lines: readonly string[]; readonly attributes: Attributes };

const ATTRIBUTE = /^\|([a-z][a-z0-9-]{0,31})=([^|]*)$/;

/** A payload's text: each line, then the attributes that are not undefined. An empty last line keeps its line end. */
export function encodePayload(lines: readonly string[], attributes: Attributes = {}): string {
  const attributeLines = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [`|${key}=${escapeField(value)}`],
  );
  const all = [...lines, ...attributeLines];
  return all.at(-1) === '' ? `${all.join('\n')}\n` : all.join('\n');
}

/**
 * Takes a payload apart: a trailing line end is dropped, attribute lines come last. An empty payload has no line, a
 * line end alone is one empty line.
 *
 * @throws SwapmeetError `bad-request` on a malformed or repeated attribute, and on a line that follows one
 */
export function decodePayload(text: string): Payload {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  const firstAttribute = all.findIndex((line) => line.startsWith('|'));
  if (firstAttribute === -1) return { lines: all, attributes: {} };
  return { lines: all.slice(0, firstAttribute), attributes: decodeAttributes(all.slice(firstAttribute)) };
}

function decodeAttributes(lines: readonly string[]): Attributes {
  const attributes = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = ATTRIBUTE.exec(line) ?? [];
    if (key === undefined || value === undefined) {
      throw new SwapmeetError('bad-request', 'attribute lines have the form |key=value and nothing comes after them');
    }
    if (attributes.has(key)) throw new SwapmeetError('bad-request', `the attribute ${key} is given twice`);
    attributes.set(key, unescapeField(value));
  }
  return Object.fromEntries(attributes);
}
