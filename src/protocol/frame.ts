import { isUtf8 } from 'node:buffer';
import type { ErrorCode } from '../domain/errors.ts';
import { createMessageBuffer } from './message-buffer.ts';

/**
 * The frame: a header of payload length (unsigned 32-bit) and type (unsigned 16-bit), both big-endian, then the payload.
 * [PROTOCOL §2]
 */
export const HEADER_BYTES = 6;

/** The type whose payload is raw bytes; every other payload is UTF-8. [PROTOCOL §7] */
export const DATA_TYPE = 400;

/** A whole frame in one buffer. */
export function encodeFrame(type: number, payload: Uint8Array | string): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload;
  const frame = Buffer.allocUnsafe(HEADER_BYTES + bytes.length);
  writeHeader(frame, bytes.length, type);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/**
 * Writes a header in place: file contents are read to `frame` from `HEADER_BYTES` on, so that a DATA frame is sent without
 * a copy.
 */
export function writeHeader(frame: Buffer, payloadBytes: number, type: number): void {
  frame.writeUInt32BE(payloadBytes, 0);
  frame.writeUInt16BE(type, 4);
}

export type FrameEvent =
  /** A whole message; the payload is valid UTF-8 and the receiver's own copy. */
  | { readonly kind: 'message'; readonly type: number; readonly payload: Buffer }
  /** A part of a DATA payload: a view into the chunk that was pushed, valid until the next push. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  /** The sender broke the protocol; nothing after this is read. `type` is the header's. */
  | { readonly kind: 'violation'; readonly code: ErrorCode; readonly type: number; readonly sentence: string };

/** What the decoder needs to know of the types that may arrive. */
export type FrameCaps = (type: number) => number | undefined;

export type FrameDecoder = {
  push(chunk: Uint8Array): FrameEvent[];
  /** Like `push`, up to the first event; `rest` is what follows it in the chunk. */
  pushUntilEvent(chunk: Buffer): { readonly event?: FrameEvent | undefined; readonly rest: Buffer };
  /** Whether the next byte begins a frame. */
  isBetweenFrames(): boolean;
  /** The bytes held for a message that is not whole yet. */
  heldBytes(): number;
};

type DecoderState =
  | { readonly at: 'header'; filled: number }
  | { readonly at: 'message'; readonly type: number; readonly lengthBytes: number; buffer: Buffer; filled: number }
  | { readonly at: 'data'; leftBytes: number }
  | { readonly at: 'violated' };

const FIRST_ALLOCATION_BYTES = 4096;

/**
 * Turns chunks of any size into frame events. A state machine: it never throws, and for the message under way holds at most
 * 4 KiB or twice the bytes that really arrived, whatever length the header announces.
 *
 * @param capBytesOf the largest payload of each type that may arrive here; undefined for types that may not
 */
export function createFrameDecoder(capBytesOf: FrameCaps): FrameDecoder {
  const header = Buffer.alloc(HEADER_BYTES);
  let state: DecoderState = { at: 'header', filled: 0 };

  /** @param arrivedBytes that are there already of what follows the header: a message that came as a whole is held in one piece at once */
  function begin(arrivedBytes: number): FrameEvent | undefined {
    const lengthBytes = header.readUInt32BE(0);
    const type = header.readUInt16BE(4);
    const violation = violationOf(type, lengthBytes, capBytesOf(type));
    if (violation) {
      state = { at: 'violated' };
      return violation;
    }
    if (type === DATA_TYPE) {
      state = { at: 'data', leftBytes: lengthBytes };
      return undefined;
    }
    const buffer = createMessageBuffer(Math.min(lengthBytes, Math.max(FIRST_ALLOCATION_BYTES, 2 * arrivedBytes)));
    state = { at: 'message', type, lengthBytes, buffer, filled: 0 };
    return lengthBytes === 0 ? finish(type, buffer) : undefined;
  }

  function finish(type: number, payload: Buffer): FrameEvent {
    if (isUtf8(payload)) {
      state = { at: 'header', filled: 0 };
      return { kind: 'message', type, payload };
    }
    state = { at: 'violated' };
    return { kind: 'violation', code: 'bad-utf8', type, sentence: 'the payload is not valid UTF-8' };
  }

  /** Consumes a part of `input` and returns how much, with the event that it completed. */
  function step(input: Buffer): { readonly consumed: number; readonly event?: FrameEvent | undefined } {
    switch (state.at) {
      case 'header': {
        const consumed = input.copy(header, state.filled);
        state.filled += consumed;
        return { consumed, event: state.filled === HEADER_BYTES ? begin(input.length - consumed) : undefined };
      }
      case 'message': {
        const wanted = input.subarray(0, state.lengthBytes - state.filled);
        state.buffer = withRoomFor(state.buffer, state.filled, state.filled + wanted.length, state.lengthBytes);
        state.buffer.set(wanted, state.filled);
        state.filled += wanted.length;
        const whole = state.filled === state.lengthBytes;
        return { consumed: wanted.length, event: whole ? finish(state.type, state.buffer) : undefined };
      }
      case 'data': {
        // The usual case in a download, 64 times a MiB: it spares a view.
        const bytes = input.length <= state.leftBytes ? input : input.subarray(0, state.leftBytes);
        state.leftBytes -= bytes.length;
        if (state.leftBytes === 0) state = { at: 'header', filled: 0 };
        return { consumed: bytes.length, event: { kind: 'data', bytes } };
      }
      case 'violated':
        return { consumed: input.length };
    }
  }

  return {
    heldBytes: () => (state.at === 'message' ? state.buffer.length : 0),
    isBetweenFrames: () => state.at === 'header' && state.filled === 0,
    pushUntilEvent(chunk) {
      for (let taken = 0; taken < chunk.length;) {
        const { consumed, event } = step(chunk.subarray(taken));
        taken += consumed;
        if (event) return { event, rest: chunk.subarray(taken) };
      }
      return { rest: chunk.subarray(chunk.length) };
    },
    push(chunk) {
      const events: FrameEvent[] = [];
      const input = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let taken = 0; taken < input.length;) {
        const { consumed, event } = step(taken === 0 ? input : input.subarray(taken));
        if (event) events.push(event);
        taken += consumed;
      }
      return events;
    },
  };
}

function violationOf(type: number, lengthBytes: number, capBytes: number | undefined): FrameEvent | undefined {
  if (capBytes === undefined) {
    return { kind: 'violation', code: 'unknown-type', type, sentence: `a message of type ${type} has no place here` };
  }
  if (lengthBytes > capBytes) {
    const sentence = `a payload of ${lengthBytes} bytes is over the ${capBytes} that type ${type} may have`;
    return { kind: 'violation', code: 'too-large', type, sentence };
  }
  if (type === DATA_TYPE && lengthBytes === 0) {
    return { kind: 'violation', code: 'bad-frame', type, sentence: 'a DATA frame carries at least one byte' };
  }
  return undefined;
}

/** The buffer itself, or one twice the size (never over `sizeBytesMax`) that begins with the same bytes. */
function withRoomFor(buffer: Buffer, filled: number, neededBytes: number, sizeBytesMax: number): Buffer {
  if (neededBytes <= buffer.length) return buffer;
  const larger = createMessageBuffer(Math.min(sizeBytesMax, Math.max(neededBytes, buffer.length * 2)));
  buffer.copy(larger, 0, 0, filled);
  return larger;
}
