import { createSocket, type Socket } from 'node:dgram';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { Mapping, MapRequest } from './mapping.ts';

/** Where a router listens. [RFC 6886 §1.1] */
export const NAT_PMP_PORT = 5351;

const VERSION = 0;
const MAP_TCP = 2;
const REPLY = 128;
const REQUEST_BYTES = 12;
const REPLY_BYTES = 16;
/** When the request is sent again, ms after the one before: a router that is there answers the first. [RFC 6886 §3.1] */
const RESEND_AFTER_MS = [250, 500, 1_000];

/**
 * Asks a router for a port, or (with a lifetime of 0) gives it back. [RFC 6886]
 *
 * @throws SwapmeetError `unreachable` where nobody answers in 2 s, or the router refuses
 */
export async function mapByNatPmp(
  gateway: { readonly host: string; readonly port: number },
  request: MapRequest,
  signal: AbortSignal,
): Promise<Mapping> {
  const socket = createSocket('udp4');
  try {
    await connect(socket, gateway);
    const reply = await exchange(socket, encodeRequest(request), signal);
    const result = reply.readUInt16BE(2);
    if (result !== 0) throw new SwapmeetError('unreachable', `the router refused, with NAT-PMP result ${result}`);
    return { externalPort: reply.readUInt16BE(10), lifetimeS: reply.readUInt32BE(12) };
  } finally {
    socket.close();
  }
}

function encodeRequest({ internalPort, externalPort, lifetimeS }: MapRequest): Buffer {
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt8(VERSION, 0);
  request.writeUInt8(MAP_TCP, 1);
  request.writeUInt16BE(internalPort, 4);
  request.writeUInt16BE(lifetimeS === 0 ? 0 : externalPort, 6);
  request.writeUInt32BE(lifetimeS, 8);
  return request;
}

/** From then on only what comes from there is received. */
function connect(socket: Socket, { host, port }: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (cause) => {
      reject(new SwapmeetError('unreachable', `the router can't be asked: ${cause.message}`, { cause }));
    });
    socket.connect(port, host, resolve);
  });
}

function exchange(socket: Socket, request: Buffer, signal: AbortSignal): Promise<Buffer> {
  const answered = Promise.withResolvers<Buffer>();
  const fail = (): void => {
    answered.reject(new SwapmeetError('unreachable', 'no router answers by NAT-PMP'));
  };
  const timers: NodeJS.Timeout[] = [];
  let atMs = 0;
  for (const afterMs of RESEND_AFTER_MS)
    timers.push(
      setTimeout(
        () => {
          socket.send(request);
        },
        (atMs += afterMs),
      ),
    );
  timers.push(setTimeout(fail, atMs + 250));
  // Nobody listens at that port of the router: it need not be asked again.
  socket.on('error', fail);
  socket.on('message', (reply) => {
    const isReply = reply.length >= REPLY_BYTES && reply[0] === VERSION && reply[1] === MAP_TCP + REPLY;
    if (isReply && reply.readUInt16BE(8) === request.readUInt16BE(4)) answered.resolve(reply);
  });
  signal.addEventListener('abort', fail, { once: true });
  if (signal.aborted) fail();
  else socket.send(request);
  return answered.promise.finally(() => {
    signal.removeEventListener('abort', fail);
    for (const timer of timers) clearTimeout(timer);
  });
}
