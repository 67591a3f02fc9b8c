import { connect as connectPlain, type Socket, type SocketConstructorOpts } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { SwapmeetError } from '../domain/errors.ts';
import { createByteSource, createChannel, flowingSource, type ByteSource, type Channel } from './channel.ts';
import { readCertificate, type Certificate, type Identity } from './identity.ts';
import { TLS_OPTIONS } from './tls-options.ts';

export type DialOptions = {
  readonly host: string;
  readonly port: number;
  /** Who dials: the key that the other side will know us by. */
  readonly identity: Identity;
  /** The key (SHA-256 of the public key, hex) that the other side must prove to hold. */
  readonly expectedKey: string;
  /** For the connection and the handshake together. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
};

const DIAL_TIMEOUT_MS = 10_000;
/** What one TLS record holds: Node hands over no more at once. [RFC 8446 §5.1] */
const READ_BUFFER_BYTES = 16 * 1024;

/** A source over one read buffer that is used again for every read. */
function createReusedSource(): ByteSource & {
  readonly buffer: Buffer;
  readonly onRead: (bytes: number) => boolean;
  finish(): void;
} {
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  const { hand, ...source } = createByteSource();
  return {
    ...source,
    buffer,
    onRead: (bytes) => {
      hand(bytes === READ_BUFFER_BYTES ? buffer : buffer.subarray(0, bytes));
      return true;
    },
    finish: () => {
      hand(undefined);
    },
  };
}

/** Waits for `event`, the socket's failure, the deadline or the abort. */
function connected(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  where: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
    const settle = (error?: SwapmeetError): void => {
      stop.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
      socket.removeListener('close', onClose);
      if (!error) {
        resolve();
        return;
      }
      // From here on nobody listens; a late error must not end the process.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => {
      settle(new SwapmeetError('unreachable', `${where} did not answer in time`));
    };
    const onError = (cause: Error): void => {
      settle(new SwapmeetError('unreachable', `${where} can't be reached: ${cause.message}`, { cause }));
    };
    const onClose = (): void => {
      settle(new SwapmeetError('unreachable', `${where} closed the connection at once`));
    };
    if (stop.aborted) {
      onAbort();
      return;
    }
    stop.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(event, () => {
      settle();
    });
  });
}

const secureContexts = new WeakMap<Identity, SecureContext>();

/** Reading a key and a certificate takes a third of a handshake's time: done once for each identity. */
export function secureContextOf(identity: Identity): SecureContext {
  const known = secureContexts.get(identity);
  if (known !== undefined) return known;
  const made = createSecureContext({ ...TLS_OPTIONS, key: identity.pem, cert: identity.pem });
  secureContexts.set(identity, made);
  return made;
}

/** The certificate that the other side showed. */
export function certificateOf(socket: TLSSocket): Certificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate && readCertificate(certificate.raw);
}

/**
 * Dials over TLS 1.3 and checks the other side's key before anything is sent.
 *
 * @throws SwapmeetError `unreachable`, `wrong-key`
 */
export async function dial(options: DialOptions): Promise<Channel & { readonly certificate: Certificate }> {
  const { host, port, identity, expectedKey, timeoutMs = DIAL_TIMEOUT_MS, signal } = options;
  const source = createReusedSource();
  const tlsOptions: ConnectionOptions & Pick<SocketConstructorOpts, 'onread'> = {
    ...TLS_OPTIONS,
    host,
    port,
    secureContext: secureContextOf(identity),
    onread: { buffer: source.buffer, callback: source.onRead },
  };
  const socket = connectTls(tlsOptions);
  socket.setNoDelay(true);
  socket.once('end', () => {
    source.finish();
  });
  await connected(socket, 'secureConnect', `${host}:${port}`, timeoutMs, signal);
  const certificate = certificateOf(socket);
  if (certificate?.key !== expectedKey) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw new SwapmeetError(
      'wrong-key',
      `whoever answers at ${host}:${port} is not who was expected: it has another key`,
    );
  }
  const channel = createChannel(socket, source, { address: socket.remoteAddress ?? host, port }, certificate);
  return { ...channel, certificate };
}

/** Dials without TLS: for `--plaintext` servers and plaintext clients on loopback. @throws SwapmeetError `unreachable` */
export async function dialPlaintext(options: Omit<DialOptions, 'identity' | 'expectedKey'>): Promise<Channel> {
  const { host, port, timeoutMs = DIAL_TIMEOUT_MS, signal } = options;
  const socket = connectPlain({ host, port, noDelay: true });
  await connected(socket, 'connect', `${host}:${port}`, timeoutMs, signal);
  return createChannel(socket, flowingSource(socket), { address: socket.remoteAddress ?? host, port }, undefined);
}
