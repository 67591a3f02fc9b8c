import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFrameDecoder, DATA_TYPE, encodeFrame, HEADER_BYTES, writeHeader } from './frame.ts';

const MIB = 1024 * 1024;
const decoder = (): ReturnType<typeof createFrameDecoder> => createFrameDecoder(() => 64 * MIB);

describe('encodeFrame', () => {
  it('counts bytes, not characters', () => {
    assert.equal(encodeFrame(7, 'é').toString('hex'), '000000020007c3a9');
  });
  it('writes the same header in place', () => {
    const frame = Buffer.alloc(HEADER_BYTES + 2, 'é');
    writeHeader(frame, 2, 7);
    assert.equal(frame.readUInt32BE(0), 2);
    assert.equal(frame.readUInt16BE(4), 7);
  });
});

describe('createFrameDecoder', () => {
  it('hands on data without a copy', () => {
    const chunk = encodeFrame(DATA_TYPE, 'abc');
    const [event] = decoder().push(chunk);
    assert.ok(event?.kind === 'data');
    assert.equal(event.bytes.buffer, chunk.buffer);
  });

  it('copies messages, so that the chunk may be used again', () => {
    const chunk = encodeFrame(7, 'abc');
    const [event] = decoder().push(chunk);
    chunk.fill('x');
    assert.ok(event?.kind === 'message');
    assert.equal(event.payload.toString(), 'abc');
  });

  it('reserves memory as bytes arrive, not as a header promises', () => {
    const frames = decoder();
    frames.push(Buffer.from('040000000001', 'hex'));
    assert.ok(frames.heldBytes() <= 4096);
    frames.push(Buffer.alloc(MIB, 'x'));
    assert.ok(frames.heldBytes() <= 2 * MIB);
  });

  it('takes a large message in small chunks, and holds nothing once it is whole', () => {
    const text = '0123456789abcdef'.repeat(MIB / 16);
    const frames = decoder();
    const bytes = encodeFrame(7, text);
    const events = [];
    for (let at = 0; at < bytes.length; at += 1_000) events.push(...frames.push(bytes.subarray(at, at + 1_000)));
    const [event] = events;
    assert.ok(events.length === 1 && event?.kind === 'message');
    assert.equal(event.payload.toString(), text);
    assert.equal(frames.heldBytes(), 0);
  });

  it('takes a plain Uint8Array that is a part of a larger one', () => {
    const whole = new Uint8Array([9, 9, ...encodeFrame(7, 'abc'), 9]);
    const [event] = decoder().push(whole.subarray(2, -1));
    assert.ok(event?.kind === 'message' && event.payload.toString() === 'abc');
  });

  it('leaves what follows the first event, wherever the bytes are cut', () => {
    const bytes = Buffer.concat([encodeFrame(7, 'abc'), Buffer.from('rest')]);
    const frameBytes = bytes.length - 'rest'.length;
    for (let cut = 0; cut < frameBytes; cut += 1) {
      const frames = decoder();
      const before = frames.pushUntilEvent(bytes.subarray(0, cut));
      assert.deepEqual([before.event, before.rest.length], [undefined, 0]);
      assert.equal(frames.isBetweenFrames(), cut === 0);
      const { event, rest } = frames.pushUntilEvent(bytes.subarray(cut));
      assert.ok(event?.kind === 'message' && event.payload.toString() === 'abc');
      assert.equal(rest.toString(), 'rest');
      assert.ok(frames.isBetweenFrames());
    }
  });

  it('says what was wrong', () => {
    const [violation] = createFrameDecoder(() => 2).push(encodeFrame(7, 'abc'));
    assert.ok(violation?.kind === 'violation');
    assert.equal(violation.sentence, 'a payload of 3 bytes is over the 2 that type 7 may have');
  });
});
