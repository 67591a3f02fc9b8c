import { SwapmeetError } from '../../../domain/errors.ts';
import { HASH_BYTES, layerHasRoot } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import type { PieceHashesReply } from '../../../protocol/codecs/transfer.ts';
import type { Queued } from '../../../protocol/codecs/queued.ts';
import { createCaller, type Caller, type DataSink } from '../../../transport/caller.ts';
import { dial } from '../../../transport/dialler.ts';
import type { Identity } from '../../../transport/identity.ts';
import { closeOnAbort } from '../../close-on-abort.ts';
import type { Throttle } from '../../limits/throttle.ts';
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
  readonly throttle: Throttle;
  /** The download: sources of one share the limits with those of another. */
  readonly share: string;
  /** The source makes a DOWNLOAD wait, and says where it stands; told anew while it waits. */
  readonly onQueued?: (place: Queued) => void;
  readonly signal: AbortSignal;
};

/** @throws SwapmeetError `unreachable`, `wrong-key` */
export async function openSession(options: SessionOptions): Promise<SourceSession> {
  const { source, content, identity, signal } = options;
  const { dialTimeoutMs, callTimeoutMs } = options.timing;
  const { address: host, port, key: expectedKey } = source;
  const dialled = await dial({ host, port, identity, expectedKey, timeoutMs: dialTimeoutMs, signal });
  const channel = options.throttle.limit(dialled, { peer: source.username, share: options.share });
  const caller = createCaller(channel, { QUEUED: (place) => options.onQueued?.(place) });
  closeOnAbort(caller, signal);
  const present = createPresenter(caller, options.ticket, callTimeoutMs);
  return {
    async pieceHashes(root) {
      await present();
      return fetchLayer(caller, { ...content, root }, callTimeoutMs);
    },
    async download(range, sink) {
      await present();
      await fetchRange(caller, content, range, sink, callTimeoutMs);
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

/** Shows the source a ticket; later, since a ticket is good for minutes and a file may take hours, each new one, too. */
function createPresenter(caller: Caller, newestTicket: () => string | undefined, timeoutMs: number) {
  let presented: string | undefined;
  let showing: Promise<unknown> = Promise.resolve();
  return async (): Promise<void> => {
    const ticket = newestTicket() ?? presented;
    if (ticket === undefined) {
      throw new SwapmeetError('no-ticket', 'a download needs a login at the indexing server, which is not there now');
    }
    if (ticket !== presented) {
      presented = ticket;
      showing = caller.call('PRESENT', { ticket }, { timeoutMs });
    }
    // Whoever asks meanwhile waits, too: requests go out in the order in which they were made.
    await showing;
  };
}

async function fetchLayer(
  caller: Caller,
  content: Content & { readonly root: string },
  timeoutMs: number,
): Promise<Uint8Array> {
  const { sha1, root, sizeBytes, pieceBytes } = content;
  const layer = Buffer.alloc(pieceCount(sizeBytes, pieceBytes) * HASH_BYTES);
  let filled = 0;
  const receive = (ok: PieceHashesReply): DataSink => {
    if (ok.root !== root || ok.sizeBytes !== sizeBytes || ok.pieceBytes !== pieceBytes) {
      throw new SwapmeetError('bad-content', 'the source describes another content than it published');
    }
    return (bytes) => {
      layer.set(bytes, filled);
      filled += bytes.length;
    };
  };
  await caller.call('PIECE_HASHES', { sha1, root }, { timeoutMs, receive });
  if (!layerHasRoot(layer, Buffer.from(root, 'hex'), sizeBytes, pieceBytes)) {
    throw new SwapmeetError('bad-content', 'the piece hashes of the source do not lead to the root');
  }
  return layer;
}

async function fetchRange(
  caller: Caller,
  { sha1, root }: Content,
  { offset: offsetBytes, length: lengthBytes }: ByteRange,
  sink: DataSink,
  timeoutMs: number,
): Promise<void> {
  const receive = (ok: { readonly lengthBytes: number }): DataSink => {
    if (ok.lengthBytes === lengthBytes) return sink;
    throw new SwapmeetError(
      'bad-content',
      `the source sends ${ok.lengthBytes} bytes, not the ${lengthBytes} asked for`,
    );
  };
  await caller.call('DOWNLOAD', { sha1, root, offsetBytes, lengthBytes }, { timeoutMs, receive });
}

/** Whether an error says that the source sends what it must not, rather than that it fails. */
export function isLie(error: SwapmeetError): boolean {
  return error.code === 'bad-content' || error.code === 'protocol-error';
}
