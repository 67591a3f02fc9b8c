import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { SwapmeetError } from '../domain/errors.ts';
import { notRunning, readApiAccess, type ApiAccess } from './api-file.ts';
import type { InputOf, ReplyOf } from './contract.ts';
import { ENDPOINTS, type CallName, type EndpointName, type StreamName } from './endpoints.ts';
import { sendRequest } from './http-request.ts';
import { readLines } from './ndjson.ts';

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

function timedOut(cause?: unknown): SwapmeetError {
  return new SwapmeetError('timeout', `the peer did not answer within ${CALL_TIMEOUT_MS / 1000} s`, { cause });
}

/** What a failed request means. */
function faultOf(error: unknown, dataFolder: string): SwapmeetError {
  if (error instanceof SwapmeetError) return error;
  // What ended it has said why.
  if (error instanceof Error && error.cause instanceof SwapmeetError) return error.cause;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return notRunning(dataFolder, error);
  return new SwapmeetError('disconnected', 'the peer stopped before it answered', { cause: error });
}

function addressOf({ port }: ApiAccess): string {
  return `http://127.0.0.1:${port}`;
}

/** What checks replies takes longer to load than all else: the peer is at work meanwhile. */
const loadReplies = () => import('./replies.ts');

function preloadReplies(): void {
  // Who needs it next is told why it can't be.
  loadReplies().catch(() => undefined);
}

async function send(
  access: ApiAccess,
  name: EndpointName,
  input: Fields,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { path, body } = placeInput(name, input);
  const response = await sendRequest({
    url: `${addressOf(access)}${path}`,
    method: ENDPOINTS[name].method,
    token: access.token,
    body,
    signal,
    onSent: preloadReplies,
  });
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return response;
  const { errorIn, parseJson } = await loadReplies();
  const error = errorIn(parseJson(await text(response)));
  throw error ?? new SwapmeetError('protocol-error', `the peer answered with HTTP status ${status}`);
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
        const { parseJson, takeReply } = await loadReplies();
        return takeReply(name, parseJson(await text(response)));
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
        const response = await send(access, name, input, AbortSignal.any([signal, connection.signal]));
        clearTimeout(deadline);
        const { takeLine } = await loadReplies();
        for await (const line of readLines(response)) yield takeLine(name, line);
      } catch (error) {
        if (!signal.aborted) throw faultOf(error, dataFolder);
      } finally {
        clearTimeout(deadline);
        connection.abort();
      }
    },
  };
}
