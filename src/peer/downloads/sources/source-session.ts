import { SwapmeetError } from '../../../domain/errors.ts';
import { HASH_BYTES, layerHasRoot } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import { createCaller, type DataSink } from '../../../transport/caller.ts';
import { dial } from '../../../transport/dialler.ts';
import type { Identity } from '../../../transport/identity.ts';
import type { Content } from '../content.ts';
import type { ByteRange } from '../range-cutter.ts';
import type { KeyedSource } from './source-roster.ts';
import type { Timing } from './timing.ts';

/**
 * A connection to one source, for one content. Its calls throw SwapmeetError: what the source answers; `bad-content` and
 * `protocol-error` where it lies; `no-ticket`, `disconnected`, `timeout`.
 */
export type SourceSession = {
  /** The content's layer, verified against its root. */
  pieceHashes(root: string): Promise<Uint8Array>;
  /** Gives the sink exactly the bytes of the range, in order. May be called ahead: replies come in order. */
  download(range: ByteRange, sink: DataSink): Promise<void>;
  /** Stops reading for a while. */
  pause(): void;
  resume(): void;
  close(): void;
};

export type SessionOptions = {
  readonly source: KeyedSource;
  readonly content: Content;
  readonly identity: Identity;
  /** The newest ticket of this peer, while it is logged in. */
  readonly ticket: () => string | undefined;
  readonly timing: Timing;
  readonly signal: AbortSignal;
};

/** @throws SwapmeetError `unreachable`, `wrong-key`, `no-ticket` */
export async function openSession(options: SessionOptions): Promise<SourceSession> {
  const { source, content, signal } = options;
  const { sha1, root } = content;
  const { dialTimeoutMs, callTimeoutMs: timeoutMs } = options.timing;
  const channel = await dial({
    host: source.address,
    port: source.port,
    identity: options.identity,
    expectedKey: source.key,
    timeoutMs: dialTimeoutMs,
    signal,
  });
  const caller = createCaller(channel);
  const onAbort = (): void => {
    caller.close();
  };
  signal.addEventListener('abort', onAbort);
  void caller.closed.then(() => {
    signal.removeEventListener('abort', onAbort);
  });
  let presented: string | undefined;

  /** A ticket is good for minutes and a file may take hours, so each new one is shown, too. */
  async function present(): Promise<void> {
    const ticket = options.ticket() ?? presented;
    if (ticket === undefined)
      throw new SwapmeetError('no-ticket', 'a download needs the indexing server: not logged in now');
    if (ticket === presented) return;
    presented = ticket;
    await caller.call('PRESENT', { ticket }, { timeoutMs });
  }

  return {
    async pieceHashes(wantedRoot) {
      await present();
      const layer = Buffer.alloc(pieceCount(content.sizeBytes, content.pieceBytes) * HASH_BYTES);
      let filled = 0;
      await caller.call(
        'PIECE_HASHES',
        { sha1, root: wantedRoot },
        {
          timeoutMs,
          receive: (ok) => {
            const isSame =
              ok.root === wantedRoot && ok.sizeBytes === content.sizeBytes && ok.pieceBytes === content.pieceBytes;
            if (!isSame)
              throw new SwapmeetError('bad-content', 'the source describes another content than it published');
            return (bytes) => {
              layer.set(bytes, filled);
              filled += bytes.length;
            };
          },
        },
      );
      if (!layerHasRoot(layer, Buffer.from(wantedRoot, 'hex'), content.sizeBytes, content.pieceBytes)) {
        throw new SwapmeetError('bad-content', 'the piece hashes of the source do not lead to the root');
      }
      return layer;
    },
    async download({ offset, length }, sink) {
      await present();
      await caller.call(
        'DOWNLOAD',
        { sha1, root, offsetBytes: offset, lengthBytes: length },
        {
          timeoutMs,
          receive: (ok) => {
            if (ok.lengthBytes === length) return sink;
            throw new SwapmeetError(
              'bad-content',
              `the source sends ${ok.lengthBytes} bytes where ${length} were asked for`,
            );
          },
        },
      );
    },
    pause: () => {
      channel.pause();
    },
    resume: () => {
      channel.resume();
    },
    close: () => {
      caller.close();
    },
  };
}

/** Whether an error says that the source sends what it must not, rather than that it fails. */
export function isLie(error: SwapmeetError): boolean {
  return error.code === 'bad-content' || error.code === 'protocol-error';
}
