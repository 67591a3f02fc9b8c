import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SwapmeetError } from '../domain/errors.ts';
import type { PeerControl } from '../peer/control.ts';
import { CONTRACT, type GivenOf, type TakenOf } from './contract.ts';
import { ENDPOINT_NAMES, ENDPOINTS, isStream, type CallName, type EndpointName, type StreamName } from './endpoints.ts';
import { formFault } from './form-fault.ts';
import { HANDLERS, STREAM_HANDLERS } from './handlers.ts';
import { encodeNdjson } from './ndjson.ts';

/**
 * The input of an endpoint, from wherever its fields travel.
 *
 * @throws SwapmeetError `bad-argument` that names the first field which is not of the form
 */
function takeInput<Name extends EndpointName>(name: Name, request: FastifyRequest): TakenOf<Name> {
  const { method } = ENDPOINTS[name];
  const fields: unknown = Object.assign({}, method === 'GET' ? request.query : request.body, request.params);
  const taken = CONTRACT[name].input.safeParse(fields);
  if (taken.success) return taken.data;
  const [issue] = taken.error.issues;
  throw new SwapmeetError('bad-argument', issue ? formFault(issue) : 'the request is not of the form that it takes');
}

function answer<Name extends CallName>(control: PeerControl, name: Name, request: FastifyRequest, signal: AbortSignal) {
  return HANDLERS[name](control, takeInput(name, request), signal);
}

function addCall(app: FastifyInstance, control: PeerControl, name: CallName, stopping: AbortSignal): void {
  const { method, path } = ENDPOINTS[name];
  app.route({
    method,
    url: path,
    handler: async (request, reply) => answer(control, name, request, endOf(reply, stopping)),
  });
}

/** The signal that aborts when the client has gone, or the server stops. */
export function endOf(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    gone.abort();
  });
  return AbortSignal.any([gone.signal, stopping]);
}

function follow<Name extends StreamName>(
  control: PeerControl,
  name: Name,
  request: FastifyRequest,
  signal: AbortSignal,
): AsyncIterable<GivenOf<Name>> {
  return STREAM_HANDLERS[name](control, takeInput(name, request), signal);
}

function addStream(app: FastifyInstance, control: PeerControl, name: StreamName, stopping: AbortSignal): void {
  const { method, path } = ENDPOINTS[name];
  app.route({
    method,
    url: path,
    handler: (request, reply) => {
      const signal = endOf(reply, stopping);
      const values = follow(control, name, request, signal);
      // One line waits at most: a slow reader sees fewer states, not old ones.
      const lines = Readable.from(encodeNdjson(values, signal), { highWaterMark: 1 });
      // Kept alive, the connection would outlive the stream, and a server that closes would wait for it.
      return reply.type('application/x-ndjson; charset=utf-8').header('connection', 'close').send(lines);
    },
  });
}

/** Puts every endpoint of the contract on `app`. Streams end, and queries are taken back, when `stopping` aborts. */
export function addRoutes(app: FastifyInstance, control: PeerControl, stopping: AbortSignal): void {
  for (const name of ENDPOINT_NAMES) {
    if (isStream(name)) addStream(app, control, name, stopping);
    else addCall(app, control, name, stopping);
  }
}
