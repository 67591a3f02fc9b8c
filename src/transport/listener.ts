import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { SwapmeetError } from '../domain/errors.ts';
import { formatHostPort, type HostPort } from '../protocol/host-port.ts';
import { createChannel, flowingSource, type Channel, type Endpoint } from './channel.ts';
import { readCertificate, type Identity } from './identity.ts';
import { TLS_OPTIONS } from './tls-options.ts';

export type ListenOptions = {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly identity: Identity;
  /** Takes unencrypted frames too, from loopback only. */
  readonly plaintext?: boolean;
  readonly onChannel: (channel: Channel) => void;
  readonly connectionsMax?: number;
  /** For the first byte, and after it for the TLS handshake: each. */
  readonly handshakeTimeoutMs?: number;
};

export type Listener = { readonly address: string; readonly port: number; close(): Promise<void> };

const HANDSHAKE_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 50_000;
/** The first byte of a TLS handshake record. A frame that begins with it would be 369 MB, beyond every cap. [RFC 8446 §5.1] */
const TLS_HANDSHAKE = 0x16;

/** An IP address in its plain form: IPv4 stays IPv4 when it came through an IPv6 socket. */
export function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function remoteOf(socket: Socket): Endpoint {
  return { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
}

/**
 * Listens, and hands on each connection once it is known to speak. A connection costs a bare socket until its first byte
 * arrives: only then is TLS set up, so those that send nothing are cheap until the deadline ends them.
 *
 * @throws SwapmeetError `unreachable` where the address can't be listened on
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { identity, plaintext = false, onChannel, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = options;
  const open = new Set<Socket>();
  const tls = createTlsServer(
    {
      ...TLS_OPTIONS,
      key: identity.pem,
      cert: identity.pem,
      requestCert: true,
      handshakeTimeout: handshakeTimeoutMs,
      allowHalfOpen: true,
    },
    (socket: TLSSocket) => {
      const certificate = socket.getPeerX509Certificate();
      onChannel(
        createChannel(socket, flowingSource(socket), remoteOf(socket), certificate && readCertificate(certificate.raw)),
      );
    },
  );
  tls.on('tlsClientError', (_error, socket) => socket.destroy());

  const server = createServer({ noDelay: true, allowHalfOpen: true, keepAlive: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    const timer = setTimeout(() => socket.destroy(), handshakeTimeoutMs);
    socket.once('close', () => {
      clearTimeout(timer);
    });
    socket.once('readable', () => {
      clearTimeout(timer);
      const first = socket.read(1) as Buffer | null;
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      if (first[0] === TLS_HANDSHAKE) tls.emit('connection', socket);
      else if (plaintext && isLoopback(socket.remoteAddress ?? '')) {
        onChannel(createChannel(socket, flowingSource(socket), remoteOf(socket), undefined));
      } else socket.destroy();
    });
  });
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  const { host, port } = await bindWherePossible(server, options);
  return {
    address: host,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Every address of IPv6, and on most systems of IPv4 as well. */
const ANY_IPV6 = '::';
const ANY_IPV4 = '0.0.0.0';

/** Listens on all addresses of IPv4 where there is no IPv6. */
async function bindWherePossible(server: Server, { host, port }: HostPort): Promise<HostPort> {
  try {
    return { host, port: await bind(server, host, port) };
  } catch (error) {
    const code = error instanceof Error && error.cause instanceof Error && 'code' in error.cause && error.cause.code;
    if (host !== ANY_IPV6 || (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL')) throw error;
    return { host: ANY_IPV4, port: await bind(server, ANY_IPV4, port) };
  }
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another program does' : cause.message;
      const where = formatHostPort({ host, port });
      reject(new SwapmeetError('unreachable', `can't listen on ${where}: ${why}`, { cause }));
    });
    server.listen({ host, port, backlog: 1024 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
