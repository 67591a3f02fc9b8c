import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { SwapmeetError } from '../../../domain/errors.ts';
import type { Mapping, MapRequest, Router } from './mapping.ts';
import { askRouter, type RouterAddress } from './router-exchange.ts';

const VERSION = 2;
const MAP = 1;
const REPLY = 128;
const TCP = 6;
/** Common header and MAP opcode, of requests and replies alike. [RFC 6887 §7, §11.1] */
const MAP_BYTES = 60;
const NONCE_BYTES = 12;
const AT = {
  result: 3,
  lifetime: 4,
  clientAddress: 8,
  nonce: 24,
  protocol: 36,
  internalPort: 40,
  externalPort: 42,
  externalAddress: 44,
} as const;
/** What a router that knows only NAT-PMP says to any other version. [RFC 6886 §3.5] */
const OLD_VERSION = 0;
const HEADER_BYTES = 4;

/**
 * A router that is asked for ports by PCP. The nonce shows it that a renewal comes from whom it gave the port to: it refuses any other
 * as long as the mapping lasts, so it is the same in the next process. [RFC 6887 §11.2, §11.3]
 *
 * @param secret that this peer keeps, so that nobody else on the network knows the nonce
 */
export function pcpRouter(address: RouterAddress, secret: string): Router {
  const { host, port } = address;
  const nonce = createHash('sha256').update(`PCP ${host} ${port} ${secret}`).digest().subarray(0, NONCE_BYTES);
  return { by: 'PCP', host: address.host, map: (request, signal) => mapByPcp(address, nonce, request, signal) };
}

async function mapByPcp(
  router: RouterAddress,
  nonce: Buffer,
  request: MapRequest,
  signal: AbortSignal,
): Promise<Mapping> {
  const isReply = (datagram: Buffer): boolean => isOlder(datagram) || isMapReply(datagram, nonce, request);
  const encode = (ownAddress: string): Buffer => encodeRequest(ownAddress, nonce, request);
  const reply = await askRouter(router, { encode, isReply }, signal);
  if (isOlder(reply)) throw new SwapmeetError('unreachable', 'the router does not know PCP');
  const result = reply.readUInt8(AT.result);
  if (result !== 0) throw new SwapmeetError('unreachable', `the router refused, with PCP result ${result}`);
  return { externalPort: reply.readUInt16BE(AT.externalPort), lifetimeS: reply.readUInt32BE(AT.lifetime) };
}

function isOlder(datagram: Buffer): boolean {
  return datagram.length >= HEADER_BYTES && datagram[0] === OLD_VERSION;
}

function isMapReply(datagram: Buffer, nonce: Buffer, { internalPort }: MapRequest): boolean {
  return (
    datagram.length >= MAP_BYTES &&
    datagram[0] === VERSION &&
    datagram[1] === MAP + REPLY &&
    nonce.equals(datagram.subarray(AT.nonce, AT.nonce + NONCE_BYTES)) &&
    datagram[AT.protocol] === TCP &&
    datagram.readUInt16BE(AT.internalPort) === internalPort
  );
}

function encodeRequest(ownAddress: string, nonce: Buffer, request: MapRequest): Buffer {
  const { internalPort, externalPort, lifetimeS } = request;
  const bytes = Buffer.alloc(MAP_BYTES);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt8(MAP, 1);
  bytes.writeUInt32BE(lifetimeS, AT.lifetime);
  bytes.set(mapped(ownAddress), AT.clientAddress);
  bytes.set(nonce, AT.nonce);
  bytes.writeUInt8(TCP, AT.protocol);
  bytes.writeUInt16BE(internalPort, AT.internalPort);
  bytes.writeUInt16BE(lifetimeS === 0 ? 0 : externalPort, AT.externalPort);
  bytes.set(mapped('0.0.0.0'), AT.externalAddress);
  return bytes;
}

/** An address of IPv4 as one of IPv6. [RFC 6887 §5] */
function mapped(address: string): number[] {
  return ipaddr.IPv4.parse(address).toIPv4MappedAddress().toByteArray();
}
