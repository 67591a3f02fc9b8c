import { SwapmeetError } from '../domain/errors.ts';
import { CONTRACT, type ReplyOf } from './contract.ts';
import type { EndpointName } from './endpoints.ts';
import { errorSchema } from './schemas.ts';

/** The error that a reply's body, or a stream's last line, tells of; undefined where it tells of none. */
export function errorIn(value: unknown): SwapmeetError | undefined {
  const told = errorSchema.safeParse(value);
  return told.success ? new SwapmeetError(told.data.error.code, told.data.error.message) : undefined;
}

/** @throws SwapmeetError `protocol-error` where the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SwapmeetError('protocol-error', 'the peer sent no JSON', { cause });
  }
}

/** @throws SwapmeetError `protocol-error` where the peer sends what the contract does not have: it is of another version */
export function takeReply<Name extends EndpointName>(name: Name, value: unknown): ReplyOf<Name> {
  const taken = CONTRACT[name].reply.safeParse(value);
  if (taken.success) return taken.data;
  const cause = taken.error;
  throw new SwapmeetError('protocol-error', 'the peer runs another version of swapmeet: start it again', { cause });
}

/** The value that a stream's line holds. @throws SwapmeetError the one that the line tells of */
export function takeLine<Name extends EndpointName>(name: Name, line: string): ReplyOf<Name> {
  const value = parseJson(line);
  const error = errorIn(value);
  if (error) throw error;
  return takeReply(name, value);
}
