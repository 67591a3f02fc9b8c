import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Identity } from '../../../src/transport/identity.ts';

/** A frame as a client written from PROTOCOL.md alone reads it: nothing of ours decodes it. */
export type Frame = { readonly type: number; readonly text: string };

/** A client that speaks bytes. */
export type RawClient = {
  send(bytes: Uint8Array): void;
  /** Sends one frame and reads the next one that comes. */
  ask(type: number, payload: string | Uint8Array): Promise<Frame>;
  /** The next frame; undefined once the server has closed. */
  next(): Promise<Frame | undefined>;
  /** Sends no more, but goes on reading. */
  finish(): void;
  /** Resolves when the server has closed its side. */
  readonly ended: Promise<unknown>;
  /** Vanishes without a word. */
  destroy(): void;
};

const NEXT_TIMEOUT_MS = 8_000;

export function frame(type: number, payload: string | Uint8Array): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(6);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt16BE(type, 4);
  return Buffer.concat([header, body]);
}

function clientOf(socket: Socket): RawClient {
  let received = Buffer.alloc(0);
  let closed = false;
  let wake: (() => void) | undefined;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake?.();
  });
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  const onEnd = (): void => {
    closed = true;
    resolve(undefined);
    wake?.();
  };
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  socket.on('error', onEnd);

  function take(): Frame | undefined {
    if (received.length < 6) return undefined;
    const end = 6 + received.readUInt32BE(0);
    if (received.length < end) return undefined;
    const taken = { type: received.readUInt16BE(4), text: received.toString('utf8', 6, end) };
    received = received.subarray(end);
    return taken;
  }

  async function next(): Promise<Frame | undefined> {
    const deadline = setTimeout(() => socket.destroy(new Error('no frame in time')), NEXT_TIMEOUT_MS);
    try {
      for (let found = take(); ; found = take()) {
        if (found || closed) return found;
        await new Promise<void>((woken) => {
          wake = woken;
        });
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  return {
    send: (bytes) => {
      socket.write(bytes);
    },
    next,
    async ask(type, payload) {
      socket.write(frame(type, payload));
      const reply = await next();
      if (!reply) throw new Error(`the server closed instead of answering type ${type}`);
      return reply;
    },
    finish: () => {
      socket.end();
    },
    ended,
    destroy: () => {
      socket.destroy();
    },
  };
}

export async function openPlaintext(port: number): Promise<RawClient> {
  const socket = connectPlain({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return clientOf(socket);
}

/** @param identity whose certificate the client shows, if any */
export async function openTls(port: number, identity?: Identity): Promise<RawClient> {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...(identity && { key: identity.pem, cert: identity.pem }),
  });
  await once(socket, 'secureConnect');
  return clientOf(socket);
}
