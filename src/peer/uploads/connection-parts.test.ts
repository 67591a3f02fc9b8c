import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Has, PieceRange } from '../../protocol/codecs/availability.ts';
import { createPlan, type Plan } from '../downloads/plan/plan.ts';
import { openHeldPart, type HeldPart } from '../parts/held-part.ts';
import { createConnectionParts, type ConnectionParts } from './connection-parts.ts';

const PIECE_BYTES = 65_536;
const PIECES = 40;
const SEED = 1;
const content = {
  sha1: 'a'.repeat(40),
  root: 'b'.repeat(64),
  sizeBytes: PIECES * PIECE_BYTES,
  pieceBytes: PIECE_BYTES,
};

type Stage = {
  readonly plan: Plan;
  readonly part: HeldPart;
  readonly parts: ConnectionParts;
  readonly heard: readonly Has[];
};

/** A download with a source, and a connection of somebody who fetches from it. */
async function setStage(test: TestContext): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-parts-'));
  const path = join(folder, 'file.part');
  await writeFile(path, '');
  const plan = createPlan(content, new Uint8Array(), () => 0);
  plan.availability.join(SEED);
  const entry = { path: 'file', ...content };
  const part = await openHeldPart({ entry, content, layer: new Uint8Array(), path, plan, onInterest: () => undefined });
  const heard: Has[] = [];
  const parts = createConnectionParts((has) => {
    heard.push(has);
    return Promise.resolve();
  });
  test.after(async () => {
    parts.end();
    part.end('given-up');
    await rm(folder, { recursive: true });
  });
  return { plan, part, parts, heard };
}

function fetchPieces(plan: Plan, count: number): void {
  for (let fetched = 0; fetched < count; fetched += 1) {
    const claim = plan.claim(SEED, PIECE_BYTES) ?? assert.fail();
    plan.receive(claim.range);
    plan.settle(claim);
    plan.verify(claim.range.offset / PIECE_BYTES);
  }
}

function piecesOf(ranges: readonly PieceRange[]): number[] {
  return ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
}

/** As often as a condition is looked at, until it holds. */
const LOOK_MS = 5;

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(LOOK_MS);
}

describe('the parts of a connection', () => {
  it('are told of as they grow: each piece once, and what is on its way', async (test) => {
    const { plan, part, parts, heard } = await setStage(test);
    fetchPieces(plan, 3);
    parts.follow(part);
    parts.follow(part);
    fetchPieces(plan, 2);
    const told = (): number[] => heard.flatMap(({ held }) => piecesOf(held));
    await until(() => told().length === 2);
    plan.claim(SEED, 2 * PIECE_BYTES);
    await until(() => heard.at(-1)?.coming.length === 1);
    assert.deepEqual(told(), [3, 4], 'not what was there before');
    assert.deepEqual(heard.at(-1)?.coming, [{ first: 5, last: 6 }]);
    assert.deepEqual([heard[0]?.sha1, heard[0]?.root], [content.sha1, content.root]);
  });

  it('are told of in few words where much happens at once', async (test) => {
    const { plan, part, parts, heard } = await setStage(test);
    parts.follow(part);
    fetchPieces(plan, PIECES);
    await until(() => heard.length > 0);
    assert.deepEqual(heard[0]?.held, [{ first: 0, last: PIECES - 1 }]);
  });

  it('are held until the connection ends, which is told nothing more', async (test) => {
    const { plan, part, parts, heard } = await setStage(test);
    assert.equal(parts.find(content.sha1, content.root), undefined);
    parts.hold(part);
    parts.follow(part);
    assert.equal(part.holders(), 2);
    assert.equal(parts.find(content.sha1, undefined), part);
    assert.equal(parts.find(content.sha1, 'c'.repeat(64)), undefined);
    parts.end();
    parts.hold(part);
    assert.equal(part.holders(), 1);
    assert.equal(parts.find(content.sha1, content.root), undefined);
    // Somebody else hears of it: so would this one have by now.
    const othersHeard: Has[] = [];
    const other = createConnectionParts((has) => {
      othersHeard.push(has);
      return Promise.resolve();
    });
    other.follow(part);
    fetchPieces(plan, 1);
    await until(() => othersHeard.length > 0);
    other.end();
    assert.deepEqual(heard, []);
  });
});
