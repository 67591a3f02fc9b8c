import { bitfieldBytes } from '../../../domain/bitfield.ts';
import { SwapmeetError } from '../../../domain/errors.ts';
import { HASH_BYTES, layerHasRoot } from '../../../domain/merkle.ts';
import { pieceCount } from '../../../domain/pieces.ts';
import type { Has, HaveReply } from '../../../protocol/codecs/availability.ts';
import type { Queued } from '../../../protocol/codecs/queued.ts';
import type { PieceHashesReply } from '../../../protocol/codecs/transfer.ts';
import { createCaller, type Caller, type DataSink } from '../../../transport/caller.ts';
import { closeOnAbort } from '../../close-on-abort.ts';
import type { Throttle } from '../../limits/throttle.ts';
import type { Connect } from '../../reach/connector.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Content } from '../content.ts';
import { sinkTo } from '../sink-to.ts';
import { createHasAllowance } from './has-allowance.ts';
import type { KeyedSource } from './source-roster.ts';
import type { Timing } from './timing.ts';

/** What a source says that it has: all of it, or the pieces of a bitfield. */
export type Held = { readonly isWhole: true } | { readonly isWhole: false; readonly bitfield: Uint8Array };

/**
 * A connection to one source, for one content. Its calls throw SwapmeetError: what the source answers; `bad-content` and
 * `protocol-error` where it lies; `no-ticket`, `disconnected`, `timeout`.
 */
export type SourceSession = {
  /** The content's layer, verified against its root. */
  pieceHashes(root: string): Promise<Uint8Array>;
  /** What the source has of the content; from then on it tells `onHas` of more. */
  have(root: string): Promise<Held>;
  /** Gives the sink exactly the bytes of the range, in order. May be called ahead: replies come in order. */
  download(range: ByteRange, sink: DataSink): Promise<void>;
  /** Stops reading for a while. */
  pause(): void;
  resume(): void;
  /** Whether this peer's own limits keep it from reading. */
  isHeld(): boolean;
  /** What is late is not the source's fault. */
  excuse(): void;
  close(): void;
};

export type SessionOptions = {
  readonly source: KeyedSource;
  readonly connect: Connect;
  readonly content: Content;
  /** The newest ticket of this peer, while it is logged in. */
  readonly ticket: () => string | undefined;
  readonly timing: Timing;
  readonly throttle: Throttle;
  /** The download: sources of one share the limits with those of another. */
  readonly share: string;
  readonly signal: AbortSignal;
  /** ms */
  readonly now: () => number;
  /** The source has more of the content. */
  readonly onHas: (has: Has) => void;
  /** The source makes a DOWNLOAD wait, and says where it stands; told anew while it waits. */
  readonly onQueued: (place: Queued) => void;
};

/** @throws SwapmeetError as `connect` does */
export async function openSession(options: SessionOptions): Promise<SourceSession> {
  const { source, content, connect, signal, now, onHas, onQueued } = options;
  const { callTimeoutMs } = options.timing;
  const connected = await connect(source, signal);
  const channel = options.throttle.limit(connected, { peer: source.username, share: options.share });
  const allowance = createHasAllowance(now);
  const caller = createCaller(channel, {
    HAS: (has) => {
      allowance.spend();
      if (has.sha1 === content.sha1 && has.root === content.root) onHas(has);
    },
    QUEUED: onQueued,
  });
  closeOnAbort(caller, signal);
  const present = createPresenter(caller, options.ticket, callTimeoutMs);
  return {
    async pieceHashes(root) {
      await present();
      return fetchLayer(caller, { ...content, root }, callTimeoutMs);
    },
    async have(root) {
      await present();
      return askHave(caller, { ...content, root }, callTimeoutMs);
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
    isHeld: channel.isHeld,
    excuse: () => {
      caller.excuse();
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

type RootedContent = Content & { readonly root: string };

/** Whether an OK is about the content that was asked for. @throws SwapmeetError `bad-content` */
function assertSame(content: RootedContent, { root, sizeBytes, pieceBytes }: PieceHashesReply): void {
  if (root === content.root && sizeBytes === content.sizeBytes && pieceBytes === content.pieceBytes) return;
  throw new SwapmeetError('bad-content', 'the source describes another content than it published');
}

async function askHave(caller: Caller, content: RootedContent, timeoutMs: number): Promise<Held> {
  const { sha1, root, sizeBytes, pieceBytes } = content;
  const bitfield = Buffer.alloc(bitfieldBytes(pieceCount(sizeBytes, pieceBytes)));
  const receive = (ok: HaveReply): DataSink => {
    assertSame(content, ok);
    return sinkTo(bitfield);
  };
  const { isWhole } = await caller.call('HAVE', { sha1, root }, { timeoutMs, receive });
  return isWhole ? { isWhole } : { isWhole, bitfield };
}

async function fetchLayer(caller: Caller, content: RootedContent, timeoutMs: number): Promise<Uint8Array> {
  const { sha1, root, sizeBytes, pieceBytes } = content;
  const layer = Buffer.alloc(pieceCount(sizeBytes, pieceBytes) * HASH_BYTES);
  const receive = (ok: PieceHashesReply): DataSink => {
    assertSame(content, ok);
    return sinkTo(layer);
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
