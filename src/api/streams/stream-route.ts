import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PeerControl } from '../../peer/control.ts';
import type { StreamView } from '../../peer/stream-view.ts';
import { endOf } from '../routes.ts';
import { mediaTypeOf } from './content-types.ts';
import { parseRange, type WantedRange } from './range-header.ts';
import { STREAM_PATH } from './stream-path.ts';

/**
 * What a hostile file could do if it were opened as a page: nothing. It runs no script, loads nothing, and is not of the origin
 * of the local API.
 */
const SAFETY_HEADERS = {
  'content-security-policy': "sandbox; default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** RFC 5987 leaves fewer characters as they are than a URL does. */
function dispositionOf(name: string, isMedia: boolean): string {
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
  return `${isMedia ? 'inline' : 'attachment'}; filename*=UTF-8''${encoded}`;
}

function writeHead(reply: FastifyReply, file: StreamView, wanted: WantedRange): void {
  const type = mediaTypeOf(file.name);
  void reply
    .headers(SAFETY_HEADERS)
    .header('accept-ranges', 'bytes')
    .header('etag', `"${file.etag}"`)
    .header('content-disposition', dispositionOf(file.name, type !== undefined))
    .header('content-type', type ?? 'application/octet-stream');
  if (wanted.kind === 'unsatisfiable') {
    void reply.code(416).header('content-range', `bytes */${file.sizeBytes}`).header('content-length', 0);
  } else if (wanted.kind === 'part') {
    const { offset, length } = wanted;
    const range = `bytes ${offset}-${offset + length - 1}/${file.sizeBytes}`;
    void reply.code(206).header('content-range', range).header('content-length', length);
  } else {
    void reply.code(200).header('content-length', file.sizeBytes);
  }
}

/** A part of other bytes is of no use to who has some of these: then all is sent. [RFC 9110 §13.1.5] */
function wantedOf({ headers }: FastifyRequest, { etag, sizeBytes }: StreamView): WantedRange {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== `"${etag}"`) return { kind: 'whole' };
  return parseRange(headers.range, sizeBytes);
}

/** Gives out files by their addresses, which alone let their holders in. A reader waits for what is not verified yet. */
export function addStreamRoute(app: FastifyInstance, control: PeerControl, stopping: AbortSignal): void {
  app.route<{ Params: { token: string } }>({
    method: ['GET', 'HEAD'],
    url: STREAM_PATH,
    handler: (request, reply) => {
      const file = control.openStream(request.params.token);
      const wanted = wantedOf(request, file);
      writeHead(reply, file, wanted);
      if (request.method === 'HEAD' || wanted.kind === 'unsatisfiable') return reply.send();
      const range = wanted.kind === 'part' ? wanted : { offset: 0, length: file.sizeBytes };
      const bytes = file.read(range, endOf(reply, stopping));
      return reply.send(Readable.from(bytes, { objectMode: false, highWaterMark: 1 }));
    },
  });
}
