import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeChunks, type SeenEvent } from './frame-events.ts';
import { requestCapBytes, replyCapBytes } from '../../src/protocol/messages.ts';
import type { FrameCaps } from '../../src/protocol/frame.ts';
import { loadVectors } from './load-vectors.ts';

type Receiver = 'server' | 'peer' | 'client';

const CAPS: Record<Receiver, FrameCaps> = {
  server: (type) => requestCapBytes('server', type),
  peer: (type) => requestCapBytes('peer', type),
  client: replyCapBytes,
};

/** Every cut in two is tried up to this length; longer inputs are cut near the ends of headers only. */
const ALL_CUTS_BYTES_MAX = 1_000;

function* cutsIn(bytes: Buffer): Generator<Buffer[]> {
  yield [bytes];
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at > ALL_CUTS_BYTES_MAX && at < bytes.length - 2) continue;
    yield [bytes.subarray(0, at), bytes.subarray(at)];
  }
}

describe('frames.json', () => {
  const { cases } = loadVectors('frames.json') as {
    cases: { title: string; receiver: Receiver; hex: string; events: SeenEvent[] }[];
  };

  for (const { title, receiver, hex, events } of cases) {
    it(`${title}, however it is cut`, () => {
      for (const chunks of cutsIn(Buffer.from(hex, 'hex'))) {
        assert.deepEqual(decodeChunks(chunks, CAPS[receiver]), events);
      }
    });
  }
});
