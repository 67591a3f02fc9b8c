/** Roots and piece layers as a BitTorrent v2 tool makes them; vectors/make-bep52.py says how. [BEP 52] */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { createMerkleHasher, rootFromLayer } from '../../src/domain/merkle.ts';

const Vectors = z.object({
  cases: z.array(
    z.object({
      sizeBytes: z.int(),
      pieceBytes: z.int(),
      sha1: z.string(),
      root: z.string(),
      layerHashes: z.int(),
      layerSha256: z.string().optional(),
      layer: z.string().optional(),
    }),
  ),
});

type Vector = z.infer<typeof Vectors>['cases'][number];

const vectors = Vectors.parse(JSON.parse(readFileSync(new URL('vectors/bep52.json', import.meta.url), 'utf8')));

/** The rule that the vectors' file states. */
function content(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = sizeBytes;
  for (let index = 0; index < sizeBytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function check(vector: Vector, bytes: Uint8Array): void {
  const hasher = createMerkleHasher(vector.pieceBytes);
  hasher.update(bytes);
  const { root = new Uint8Array(0), layer } = hasher.digest();
  assert.equal(Buffer.from(root).toString('hex'), vector.root);
  assert.deepEqual(rootFromLayer(layer, vector.pieceBytes), root);
  if (vector.layerHashes === 0) {
    assert.deepEqual(layer, root, 'a file of at most one piece: its one hash is the root');
    return;
  }
  assert.equal(layer.length, vector.layerHashes * 32);
  assert.equal(hash('sha256', layer), vector.layerSha256);
  if (vector.layer !== undefined) assert.equal(Buffer.from(layer).toString('hex'), vector.layer);
}

for (const [sizeBytes, cases] of Map.groupBy(vectors.cases, (vector) => vector.sizeBytes)) {
  test(`a file of ${sizeBytes} bytes has the root and the layers that libtorrent gives it`, () => {
    const bytes = content(sizeBytes);
    for (const vector of cases) {
      assert.equal(hash('sha1', bytes), vector.sha1, 'the content is that of the rule');
      check(vector, bytes);
    }
  });
}
