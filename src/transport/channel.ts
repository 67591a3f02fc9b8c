import type { Socket } from 'node:net';
import { SwapmeetError } from '../domain/errors.ts';
import type { Certificate } from './identity.ts';
import { sendSize } from './send-size.ts';

/** Who sends or reads slowly but steadily may go on: a deadline begins anew with each so many bytes. [PROTOCOL §5] */
export const PROGRESS_BYTES = 512 * 1024;

/** How long a write may wait for the other side to read that much. */
const WRITE_TIMEOUT_MS = 60_000;

/** IP address and port of one end. */
export type Endpoint = { readonly address: string; readonly port: number };

export type ChunkListener = (chunk: Buffer | undefined) => void;

/**
 * A connection as the layers above see it: bytes both ways, and who is at the other end. TLS or plain, dialled or
 * accepted, they are alike.
 */
export type Channel = {
  readonly remote: Endpoint;
  /** The other side's certificate, of which TLS proved that it holds the key; undefined on plaintext, or where it showed none. */
  readonly certificate: Certificate | undefined;
  /**
   * Takes the bytes as they arrive, in order. A chunk is valid only during the call. `undefined` says that the other side
   * sends no more. After `pause()` a few more chunks may still come.
   */
  receive(listener: ChunkListener): void;
  /** Takes nothing more: who receives next gets `unused` first, then what came meanwhile. Until then reading pauses. */
  handBack(unused?: Buffer): void;
  pause(): void;
  resume(): void;
  /** Resolves when the bytes are with the operating system, so that the buffer may be used again. @throws `disconnected`, `timeout` */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends what was written, then closes; at the latest after a while. */
  readonly end: () => void;
  readonly destroy: () => void;
  readonly closed: Promise<void>;
};

/**
 * Hands on what a socket reads. A dialled socket reads into one buffer that is used again and again (`onread`), which
 * saves the garbage of a download; an accepted one gives a buffer a chunk.
 */
export type ByteSource = {
  attach(listener: ChunkListener): void;
  detach(unused: Buffer | undefined): void;
};

/**
 * A source that is fed by `hand`. What arrives while nobody listens is copied and kept; the socket should be paused then, so
 * that it is little.
 */
export function createByteSource(): ByteSource & { readonly hand: ChunkListener } {
  const kept: (Buffer | undefined)[] = [];
  let current: ChunkListener | undefined;
  return {
    hand: (chunk) => {
      if (current) current(chunk);
      else kept.push(chunk === undefined ? undefined : Buffer.from(chunk));
    },
    attach: (listener) => {
      current = listener;
      while (kept.length > 0 && current === listener) listener(kept.shift());
    },
    detach: (unused) => {
      current = undefined;
      if (unused !== undefined && unused.length > 0) kept.unshift(Buffer.from(unused));
    },
  };
}

/** The bytes of a socket in flowing mode, from when somebody first listens. */
export function flowingSource(socket: Socket): ByteSource {
  const source = createByteSource();
  let isFlowing = false;
  return {
    ...source,
    attach(listener) {
      source.attach(listener);
      if (isFlowing) return;
      isFlowing = true;
      socket.on('data', source.hand);
      socket.once('end', () => {
        source.hand(undefined);
      });
    },
  };
}

const END_TIMEOUT_MS = 10_000;

export function createChannel(
  socket: Socket,
  source: ByteSource,
  remote: Endpoint,
  certificate: Certificate | undefined,
): Channel {
  const closed = new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else
      socket.once('close', () => {
        resolve();
      });
  });
  const writer = createWriter(socket);
  let isHandedBack = false;
  // The reason reaches whoever waits for a write or a reply; without a listener it would end the process.
  socket.on('error', () => undefined);

  return {
    remote,
    certificate,
    receive: (listener) => {
      source.attach(listener);
      if (!isHandedBack) return;
      isHandedBack = false;
      socket.resume();
    },
    handBack: (unused) => {
      isHandedBack = true;
      socket.pause();
      source.detach(unused);
    },
    pause: () => {
      socket.pause();
    },
    resume: () => {
      socket.resume();
    },
    write: writer.write,
    end: () => {
      writer.end();
      const timer = setTimeout(() => socket.destroy(), END_TIMEOUT_MS);
      void closed.then(() => {
        clearTimeout(timer);
      });
    },
    destroy: () => {
      socket.destroy();
    },
    closed,
  };
}

/** Writes in the order of the calls. A long write goes out in steps, and the others wait, not to end up in the middle of it. */
function createWriter(socket: Socket): Pick<Channel, 'write' | 'end'> {
  let long: Promise<void> | undefined;

  function writeLong(bytes: Uint8Array): Promise<void> {
    const written = long ? long.then(() => writeInSteps(socket, bytes)) : writeInSteps(socket, bytes);
    const settled = (): void => {
      if (long === written) long = undefined;
    };
    written.then(settled, settled);
    long = written;
    return written;
  }

  return {
    write: (bytes) => (long || bytes.length > PROGRESS_BYTES ? writeLong(bytes) : writeStep(socket, bytes)),
    end: () => {
      if (!long) socket.end();
      else
        long.then(
          () => socket.end(),
          () => undefined,
        );
    },
  };
}

async function writeInSteps(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const end = at + sendSize(bytes.length - at, PROGRESS_BYTES);
    await writeStep(socket, bytes.subarray(at, end));
    at = end;
  }
}

function writeStep(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new SwapmeetError('timeout', `the other side read next to nothing for ${WRITE_TIMEOUT_MS / 1000} s`));
      socket.destroy();
    }, WRITE_TIMEOUT_MS);
    socket.write(bytes, (error) => {
      clearTimeout(timer);
      if (error) reject(new SwapmeetError('disconnected', 'the connection ended while sending', { cause: error }));
      else resolve();
    });
  });
}
