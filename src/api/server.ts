import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import type { PeerControl } from '../peer/control.ts';
import { checkOrigin, createGuard } from './guard.ts';
import { HTTP_STATUS } from './http-status.ts';
import { errorBody } from './ndjson.ts';
import { addRoutes } from './routes.ts';
import { STREAM_PATH } from './streams/stream-path.ts';
import { addStreamRoute } from './streams/stream-route.ts';
import { removeApiAccess, writeApiAccess } from './write-api-file.ts';

export type ApiServerOptions = {
  readonly control: PeerControl;
  /** Where `api.json` goes; the folder exists. */
  readonly dataFolder: string;
};

export type ApiServer = {
  readonly port: number;
  /** Ends streams, lets calls under way finish for a moment, and removes `api.json`. */
  close(): Promise<void>;
};

const HOST = '127.0.0.1';
const TOKEN_BYTES = 32;
const BODY_BYTES_MAX = 64 * 1024;
/** A path and a cursor of 4,096 bytes each, percent-encoded, fit into one request line. */
const HEADER_BYTES_MAX = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;

/** Our errors as they are; fastify's, which are about the request's form, by their status. */
function errorOf(thrown: unknown): SwapmeetError {
  const status = thrown instanceof Error && 'statusCode' in thrown ? thrown.statusCode : undefined;
  if (status === 413) return new SwapmeetError('too-large', `a body has at most ${BODY_BYTES_MAX} bytes`);
  if (typeof status === 'number' && status < 500) {
    return new SwapmeetError('bad-argument', toSwapmeetError(thrown).message, { cause: thrown });
  }
  return toSwapmeetError(thrown);
}

function sendError(thrown: unknown, reply: FastifyReply): void {
  const error = errorOf(thrown);
  void reply.status(HTTP_STATUS[error.code]).send(errorBody(error));
}

/** The replies under way. */
function trackReplies(app: FastifyInstance): ReadonlySet<Promise<unknown>> {
  const underWay = new Set<Promise<unknown>>();
  app.addHook('onRequest', (_request, { raw }, done) => {
    const closed = once(raw, 'close').catch(() => undefined);
    underWay.add(closed);
    void closed.then(() => underWay.delete(closed));
    done();
  });
  return underWay;
}

/** Ours are zod's, in `routes.ts`; the compilers of JSON schemas, which nobody uses, take a tenth of a peer's start to load. */
const NO_SCHEMAS = { buildValidator: refuseSchemas, buildSerializer: refuseSchemas };

function refuseSchemas(): never {
  throw new Error('routes have no JSON schemas');
}

function createApp(token: string): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    exposeHeadRoutes: false,
    schemaController: { compilersFactory: NO_SCHEMAS },
    frameworkErrors: (error, _request, reply) => {
      sendError(error, reply);
    },
  });
  const check = createGuard(token);
  app.addHook('onRequest', (request, _reply, done) => {
    checkOrigin(request.headers, request.socket.localPort);
    // The address of a stream is its own key: players send no other.
    if (request.routeOptions.url !== STREAM_PATH) check(request.headers);
    done();
  });
  app.setErrorHandler((error, _request, reply) => {
    sendError(error, reply);
  });
  app.setNotFoundHandler((request, reply) => {
    sendError(new SwapmeetError('not-found', `the local API has no ${request.method} of this path`), reply);
  });
  return app;
}

/**
 * Puts a peer's control on HTTP, on loopback, as `contract.ts` has it, and writes `api.json` for those who may call.
 *
 * @throws the operating system's error where the file can't be written
 */
export async function startApiServer({ control, dataFolder }: ApiServerOptions): Promise<ApiServer> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const stopping = new AbortController();
  const app = createApp(token);
  const underWay = trackReplies(app);
  addRoutes(app, control, stopping.signal);
  addStreamRoute(app, control, stopping.signal);
  await app.listen({ host: HOST, port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await writeApiAccess(dataFolder, { port, token, pid: process.pid });
  } catch (error) {
    await app.close();
    throw error;
  }
  return {
    port,
    async close() {
      await removeApiAccess(dataFolder, token);
      stopping.abort();
      const closed = app.close();
      await Promise.race([Promise.all(underWay), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      // A connection that a client opened ahead and never used is not idle by Node's rules, and would be waited for.
      app.server.closeAllConnections();
      await closed;
    },
  };
}
