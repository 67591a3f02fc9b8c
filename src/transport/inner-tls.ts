import type { Duplex } from 'node:stream';
import { connect as connectTls, createServer, type TLSSocket } from 'node:tls';
import { SwapmeetError } from '../domain/errors.ts';
import { channelStream } from './channel-stream.ts';
import { createChannel, flowingSource, type Channel } from './channel.ts';
import { certificateOf, secureContextOf } from './dialler.ts';
import type { Certificate, Identity } from './identity.ts';
import { TLS_OPTIONS } from './tls-options.ts';

export type InnerTlsOptions = {
  readonly identity: Identity;
  /** The key (SHA-256 of the public key, hex) that the other end must prove to hold. */
  readonly expectedKey: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
};

/** Begins a handshake on a stream; tells of the socket once the handshake is done, or of the failure. */
type Handshake = (stream: Duplex, done: (socket: TLSSocket) => void, fail: (cause: Error) => void) => void;

/**
 * Begins TLS as its client inside a connection that somebody relays, who can then neither read nor change what travels in it.
 * Where it fails the connection is closed.
 *
 * @throws SwapmeetError `unreachable`, `wrong-key`
 */
export function beginInnerTls(channel: Channel, options: InnerTlsOptions): Promise<Channel> {
  return establish(channel, options, (stream, done, fail) => {
    const socket = connectTls({ ...TLS_OPTIONS, secureContext: secureContextOf(options.identity), socket: stream });
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      done(socket);
    });
  });
}

/** The same as the server of TLS, which asks for the other end's certificate. @throws SwapmeetError `unreachable`, `wrong-key` */
export function acceptInnerTls(channel: Channel, options: InnerTlsOptions): Promise<Channel> {
  const { pem } = options.identity;
  return establish(channel, options, (stream, done, fail) => {
    const server = createServer({ ...TLS_OPTIONS, key: pem, cert: pem, requestCert: true, allowHalfOpen: true }, done);
    server.on('tlsClientError', fail);
    server.emit('connection', stream);
  });
}

async function establish(channel: Channel, options: InnerTlsOptions, handshake: Handshake): Promise<Channel> {
  const { expectedKey, timeoutMs, signal } = options;
  const secured = Promise.withResolvers<TLSSocket>();
  const fail = (cause?: unknown): void => {
    secured.reject(new SwapmeetError('unreachable', 'no encrypted connection came about through the relay', { cause }));
  };
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  if (stop.aborted) fail(stop.reason);
  stop.addEventListener('abort', fail, { once: true });
  void channel.closed.then(fail);
  try {
    handshake(channelStream(channel), secured.resolve, fail);
    const socket = await secured.promise;
    const certificate = certificateOf(socket);
    if (certificate?.key === expectedKey) return innerChannel(channel, socket, certificate);
    throw new SwapmeetError('wrong-key', 'whoever answers through the relay has another key than was expected');
  } catch (error) {
    channel.destroy();
    throw error;
  } finally {
    stop.removeEventListener('abort', fail);
  }
}

/** Ends when the relayed connection does, and ends that. */
function innerChannel(outer: Channel, socket: TLSSocket, certificate: Certificate): Channel {
  const inner = createChannel(socket, flowingSource(socket), outer.remote, certificate);
  // A socket that failed inside of another stream is destroyed, but never says that it was closed.
  socket.once('error', outer.destroy);
  void inner.closed.then(outer.destroy);
  void outer.closed.then(inner.destroy);
  return { ...inner, closed: outer.closed };
}
