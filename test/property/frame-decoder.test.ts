import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyText } from '../support/any-text.ts';
import { createFrameDecoder, DATA_TYPE, encodeFrame, type FrameDecoder } from '../../src/protocol/frame.ts';
import { replyCapBytes } from '../../src/protocol/messages.ts';
import { decodeChunks } from '../conformance/frame-events.ts';
import { garbage, mutated } from './mutations.ts';

type CreateDecoder = typeof createFrameDecoder;

/** What the decoder may hold before anything of a message arrived. */
const FIRST_ALLOCATION_BYTES = 4_096;

const REPLY_TYPES = [101, 105, 107, 108, 200, 202, 208, 300];
const messages = fc
  .tuple(fc.constantFrom(...REPLY_TYPES), anyText({ maxLength: 40 }))
  .map(([type, text]) => encodeFrame(type, text));
const dataFrames = fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => encodeFrame(DATA_TYPE, bytes));
/** Frames that a client may get, and now and then one that it may not. */
const streams = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: messages },
      { weight: 3, arbitrary: dataFrames },
      { weight: 1, arbitrary: fc.constantFrom(encodeFrame(3, 'x'), encodeFrame(101, Buffer.from([0xff]))) },
    ),
    { maxLength: 8 },
  )
  .map((frames) => Buffer.concat(frames));
const longStreams = fc
  .array(
    fc.tuple(fc.constantFrom(105, 107), fc.nat(20_000)).map(([type, length]) => encodeFrame(type, 'é'.repeat(length))),
    { minLength: 1, maxLength: 6 },
  )
  .map((frames) => Buffer.concat(frames));
const anything = fc.oneof(streams, mutated(streams), garbage);

/** A way to cut a stream into any number of chunks, some of them empty. */
const cuts = fc.array(fc.nat(), { maxLength: 30 });
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
}

function sameHoweverCut(create: CreateDecoder, chunks: readonly Buffer[]): void {
  const whole = decodeChunks([Buffer.concat(chunks)], replyCapBytes, create);
  assert.deepEqual(decodeChunks(chunks, replyCapBytes, create), whole);
}

function everyCutInTwo(create: CreateDecoder): void {
  fc.assert(
    fc.property(anything, (bytes) => {
      for (let at = 0; at <= bytes.length; at += 1) sameHoweverCut(create, [bytes.subarray(0, at), bytes.subarray(at)]);
    }),
    { numRuns: 50 },
  );
}

function anyCut(create: CreateDecoder): void {
  fc.assert(
    fc.property(fc.oneof(anything, longStreams), cuts, (bytes, places) => {
      sameHoweverCut(create, cutAt(bytes, places));
    }),
  );
}

function boundedMemory(create: CreateDecoder): void {
  fc.assert(
    fc.property(fc.oneof(anything, longStreams, announcements), cuts, (bytes, places) => {
      const decoder = create(replyCapBytes);
      let pushedBytes = 0;
      for (const chunk of cutAt(bytes, places)) {
        decoder.push(chunk);
        pushedBytes += chunk.length;
        assert.ok(decoder.heldBytes() <= 2 * pushedBytes + FIRST_ALLOCATION_BYTES, `${decoder.heldBytes()} bytes held`);
      }
    }),
  );
}

/** Headers of any type and length, with less behind them than they promise. */
const announcements = fc
  .tuple(fc.nat(0xffff_ffff), fc.oneof(fc.constantFrom(...REPLY_TYPES, DATA_TYPE), fc.nat(0xffff)), fc.uint8Array())
  .map(([length, type, some]) => {
    const header = Buffer.alloc(6);
    header.writeUInt32BE(length);
    header.writeUInt16BE(type, 4);
    return Buffer.concat([header, some]);
  });

function quietAfterViolation(create: CreateDecoder): void {
  fc.assert(
    fc.property(fc.oneof(anything, announcements), streams, (bytes, more) => {
      const decoder = create(replyCapBytes);
      const violated = decoder.push(bytes).some(({ kind }) => kind === 'violation');
      if (violated) assert.deepEqual(decoder.push(more), []);
    }),
  );
}

describe('the frame decoder', () => {
  it('makes the same of a stream, whichever two parts it comes in', () => {
    everyCutInTwo(createFrameDecoder);
  });
  it('makes the same of a stream, however many parts it comes in', () => {
    anyCut(createFrameDecoder);
  });
  it('never holds more than twice what arrived', () => {
    boundedMemory(createFrameDecoder);
  });
  it('reads nothing after a violation', () => {
    quietAfterViolation(createFrameDecoder);
  });
  it('gives every frame back as it was sent', () => {
    const sent = fc.array(fc.oneof(messages, dataFrames), { maxLength: 10 });
    fc.assert(
      fc.property(sent, (frames) => {
        const decoder = createFrameDecoder(replyCapBytes);
        for (const frame of frames) {
          const [event, ...more] = decoder.push(frame);
          assert.deepEqual(more, []);
          assert.ok(event && event.kind !== 'violation');
          const [type, payload] = event.kind === 'data' ? [DATA_TYPE, event.bytes] : [event.type, event.payload];
          assert.deepEqual(encodeFrame(type, payload), frame);
        }
      }),
    );
  });
  it('gives messages that the next chunk does not change', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const chunk = encodeFrame(105, text);
        const [event] = createFrameDecoder(replyCapBytes).push(chunk);
        chunk.fill(0);
        assert.ok(event?.kind === 'message');
        assert.equal(event.payload.toString(), text);
      }),
    );
  });
});

describe('the properties would notice a decoder that', () => {
  /** A right decoder but for one thing. */
  function broken(
    change: (right: FrameDecoder, caps: (type: number) => number | undefined) => FrameDecoder,
  ): CreateDecoder {
    return (caps) => change(createFrameDecoder(caps), caps);
  }
  function fails(property: (create: CreateDecoder) => void, create: CreateDecoder): void {
    assert.throws(() => {
      property(create);
    }, /Property failed/);
  }

  it('forgets a frame at the end of a chunk', () => {
    const forgetful = broken((right, caps) => ({
      ...right,
      heldBytes: () => 0,
      push: (chunk) => createFrameDecoder(caps).push(chunk),
    }));
    fails(everyCutInTwo, forgetful);
    fails(anyCut, forgetful);
  });
  it('throws', () => {
    const throwing = broken((right) => ({
      ...right,
      push: (chunk) => {
        const events = right.push(chunk);
        if (events.some(({ kind }) => kind === 'violation')) throw new RangeError('not expected');
        return events;
      },
    }));
    for (const property of [everyCutInTwo, anyCut, boundedMemory, quietAfterViolation]) fails(property, throwing);
  });
  it('reserves what a header announces', () => {
    const trusting = broken((right) => {
      let announcedBytes = 0;
      return {
        ...right,
        heldBytes: () => announcedBytes,
        push: (chunk) => {
          if (chunk.length >= 4) announcedBytes = Buffer.from(chunk).readUInt32BE();
          return right.push(chunk);
        },
      };
    });
    fails(boundedMemory, trusting);
  });
  it('goes on after a violation', () => {
    const forgiving = broken((right, caps) => {
      let decoder = createFrameDecoder(caps);
      return {
        ...right,
        heldBytes: () => decoder.heldBytes(),
        push: (chunk) => {
          const events = decoder.push(chunk);
          if (events.some(({ kind }) => kind === 'violation')) decoder = createFrameDecoder(caps);
          return events;
        },
      };
    });
    fails(quietAfterViolation, forgiving);
  });
});
