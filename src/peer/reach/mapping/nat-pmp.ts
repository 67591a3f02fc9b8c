import { SwapmeetError } from '../../../domain/errors.ts';
import type { Mapping, MapRequest } from './mapping.ts';
import { askRouter, type RouterAddress } from './router-exchange.ts';

const VERSION = 0;
const MAP_TCP = 2;
const REPLY = 128;
const REQUEST_BYTES = 12;
const REPLY_BYTES = 16;

/**
 * Asks a router for a port, or (with a lifetime of 0) gives it back. [RFC 6886]
 *
 * @throws SwapmeetError `unreachable` where nobody answers in 2 s, or the router refuses
 */
export async function mapByNatPmp(router: RouterAddress, request: MapRequest, signal: AbortSignal): Promise<Mapping> {
  const isReply = (datagram: Buffer): boolean =>
    datagram.length >= REPLY_BYTES &&
    datagram[0] === VERSION &&
    datagram[1] === MAP_TCP + REPLY &&
    datagram.readUInt16BE(8) === request.internalPort;
  const reply = await askRouter(router, { encode: () => encodeRequest(request), isReply }, signal);
  const result = reply.readUInt16BE(2);
  if (result !== 0) throw new SwapmeetError('unreachable', `the router refused, with NAT-PMP result ${result}`);
  return { externalPort: reply.readUInt16BE(10), lifetimeS: reply.readUInt32BE(12) };
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
