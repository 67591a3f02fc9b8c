import { SwapmeetError } from '../domain/errors.ts';
import { decodePayload, encodePayload, escapeField, unescapeField, type Attributes, type Payload } from './text.ts';

/** How the value of one message becomes its payload and back. `decode` throws SwapmeetError where the payload is not of the form. */
export type Codec<T> = {
  encode(value: T): Uint8Array | string;
  decode(payload: Buffer): T;
};

/** A codec over lines and attributes, which is all but the file lists, whose bytes go on to the catalog as they are. */
export function textCodec<T>(encode: (value: T) => Payload, decode: (payload: Payload) => T): Codec<T> {
  return {
    encode: (value) => {
      const { lines, attributes } = encode(value);
      return encodePayload(lines, attributes);
    },
    decode: (payload) => decode(decodePayload(payload.toString('utf8'))),
  };
}

/**
 * The lines of a payload that has one field a line, and exactly as many as named.
 *
 * @throws SwapmeetError `bad-request` that names what was expected
 */
export function takeLines<const Names extends readonly string[]>(
  lines: readonly string[],
  names: Names,
): { [Index in keyof Names]: string } {
  if (lines.length !== names.length) {
    throw new SwapmeetError(
      'bad-request',
      `expected ${names.join(', ') || 'nothing'}, one a line, not ${lines.length} lines`,
    );
  }
  return lines.map(unescapeField) as { [Index in keyof Names]: string };
}

/** A payload of one field a line. */
export function fieldsPayload(fields: readonly string[], attributes: Attributes = {}): Payload {
  return { lines: fields.map(escapeField), attributes };
}

/**
 * An integer in decimal digits.
 *
 * @throws SwapmeetError `bad-request` where it is none or lies outside [min, max]
 */
export function takeInteger(name: string, text: string | undefined, min: number, max: number): number {
  const value = text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new SwapmeetError('bad-request', `${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}

/** Hex digits of a hash, lower-case. @throws SwapmeetError `bad-request` */
export function takeHex(name: string, text: string | undefined, digits: number): string {
  if (text?.length !== digits || !/^[0-9a-f]*$/.test(text)) {
    throw new SwapmeetError('bad-request', `${name} must be ${digits} lower-case hex digits`);
  }
  return text;
}

/** `undefined` for a field that is left empty, else what `take` makes of it. */
export function takeOptional<T>(text: string | undefined, take: (text: string) => T): T | undefined {
  return text === undefined || text === '' ? undefined : take(text);
}

const YES = 'yes';

/** An attribute that is there or not. */
export function yesAttribute(isSo: boolean | undefined): string | undefined {
  return isSo ? YES : undefined;
}

/** Whether such an attribute is there. @throws SwapmeetError `bad-request` where it says anything but yes */
export function takeYes(name: string, text: string | undefined): true | undefined {
  return takeOptional(text, (value) => {
    if (value !== YES) throw new SwapmeetError('bad-request', `${name} is yes, or left out`);
    return true as const;
  });
}
