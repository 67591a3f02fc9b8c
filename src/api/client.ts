import { SwapmeetError } from '../domain/errors.ts';
import { notRunning, readApiAccess, type ApiAccess } from './api-file.ts';
import {
  ENDPOINTS,
  type CallName,
  type EndpointName,
  type InputOf,
  type ReplyOf,
  type StreamName,
} from './contract.ts';
import { readLines } from './ndjson.ts';
import { errorSchema } from './schemas.ts';

export type ApiClient = {
  /** Of the peer's API: `http://HOST:PORT`. */
  readonly address: string;
  /** @throws SwapmeetError the peer's; `not-running`, `timeout`, `disconnected`, `protocol-error` */
  call<Name extends CallName>(name: Name, input: InputOf<Name>): Promise<ReplyOf<Name>>;
  /** The values of a stream as they come, until it ends. After `signal` aborts it just ends. @throws the same as `call` */
  watch<Name extends StreamName>(name: Name, input: InputOf<Name>, signal: AbortSignal): AsyncIterable<ReplyOf<Name>>;
};

/** Longer than the peer waits for the server. */
const CALL_TIMEOUT_MS = 90_000;

type Fields = Readonly<Record<string, unknown>>;

/** Path and body of a request: the fields that the path names go there, the others into the query or the body. */
function placeInput(name: EndpointName, input: Fields): { readonly path: string; readonly body: string | undefined } {
  const { method, path: template } = ENDPOINTS[name];
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const path = template.replace(/:(\w+)/g, (_whole, field: string) => {
    const value = rest.get(field);
    rest.delete(field);
    return encodeURIComponent(String(value));
  });
  if (method === 'POST') return { path, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = new URLSearchParams(Array.from(rest, ([field, value]): [string, string] => [field, String(value)]));
  return { path: query.size === 0 ? path : `${path}?${query.toString()}`, body: undefined };
}

/** The error that a reply's body, or a stream's last line, tells of; undefined where it tells of none. */
function errorIn(value: unknown): SwapmeetError | undefined {
  const told = errorSchema.safeParse(value);
  return told.success ? new SwapmeetError(told.data.error.code, told.data.error.message) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SwapmeetError('protocol-error', 'the peer sent no JSON', { cause });
  }
}

/** @throws SwapmeetError `protocol-error` where the peer sends what the contract does not have: it is of another version */
function takeReply<Name extends EndpointName>(name: Name, value: unknown): ReplyOf<Name> {
  const taken = ENDPOINTS[name].reply.safeParse(value);
  if (taken.success) return taken.data;
  const cause = taken.error;
  throw new SwapmeetError('protocol-error', 'the peer runs another version of swapmeet: start it again', { cause });
}

function timedOut(cause?: unknown): SwapmeetError {
  return new SwapmeetError('timeout', `the peer did not answer within ${CALL_TIMEOUT_MS / 1000} s`, { cause });
}

/** What a failed fetch means. */
function faultOf(cause: unknown, dataFolder: string): SwapmeetError {
  if (cause instanceof SwapmeetError) return cause;
  const reason = cause instanceof Error ? cause.cause : undefined;
  const refused = reason instanceof Error && 'syscall' in reason && reason.syscall === 'connect';
  if (refused) return notRunning(dataFolder, cause);
  return new SwapmeetError('disconnected', 'the peer stopped before it answered', { cause });
}

/** The value that a stream's line holds. @throws SwapmeetError the one that the line tells of */
function takeLine<Name extends StreamName>(name: Name, line: string): ReplyOf<Name> {
  const value = parseJson(line);
  const error = errorIn(value);
  if (error) throw error;
  return takeReply(name, value);
}

function addressOf({ port }: ApiAccess): string {
  return `http://127.0.0.1:${port}`;
}

async function send(access: ApiAccess, name: EndpointName, input: Fields, signal: AbortSignal): Promise<Response> {
  const { path, body } = placeInput(name, input);
  const headers = { authorization: `Bearer ${access.token}` };
  const response = await fetch(`${addressOf(access)}${path}`, {
    method: ENDPOINTS[name].method,
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body ?? null,
    signal,
    redirect: 'error',
  });
  if (response.ok) return response;
  const error = errorIn(parseJson(await response.text()));
  throw error ?? new SwapmeetError('protocol-error', `the peer answered with HTTP status ${response.status}`);
}

/**
 * A client of the peer that runs for a data folder.
 *
 * @throws SwapmeetError `not-running` with how to start one
 */
export async function createApiClient({ dataFolder }: { readonly dataFolder: string }): Promise<ApiClient> {
  const access = await readApiAccess(dataFolder);
  return {
    address: addressOf(access),
    async call(name, input) {
      const deadline = AbortSignal.timeout(CALL_TIMEOUT_MS);
      try {
        const response = await send(access, name, input, deadline);
        return takeReply(name, parseJson(await response.text()));
      } catch (error) {
        throw deadline.aborted ? timedOut(error) : faultOf(error, dataFolder);
      }
    },
    async *watch(name, input, signal) {
      const connection = new AbortController();
      const deadline = setTimeout(() => {
        connection.abort(timedOut());
      }, CALL_TIMEOUT_MS);
      try {
        const { body } = await send(access, name, input, AbortSignal.any([signal, connection.signal]));
        clearTimeout(deadline);
        for await (const line of body ? readLines(body) : []) yield takeLine(name, line);
      } catch (error) {
        if (!signal.aborted) throw faultOf(error, dataFolder);
      } finally {
        clearTimeout(deadline);
        connection.abort();
      }
    },
  };
}
