import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPlan } from '../downloads/plan/plan.ts';
import { createHeldParts, type HeldParts } from './held-parts.ts';

const content = { sha1: 'a'.repeat(40), root: 'b'.repeat(64), sizeBytes: 4, pieceBytes: 65_536 };
const LONG_MS = 60_000;

/** A part that others have asked for, or nobody has. */
async function stage(t: TestContext, { lingerMs = LONG_MS, isWanted = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-held-parts-'));
  const path = join(folder, 'file.part');
  await writeFile(path, 'data');
  const parts = createHeldParts({ lingerMs, lookEveryMs: 1 });
  t.after(async () => {
    parts.close();
    await rm(folder, { recursive: true });
  });
  const plan = createPlan(content, new Uint8Array(), () => 0);
  const entry = { path: 'file', ...content };
  const { end } = await parts.add({ entry, content, layer: new Uint8Array(), path, plan, onInterest: () => undefined });
  const [part] = parts.list();
  assert.ok(part);
  if (isWanted) part.onInterest();
  return { parts, path, part, end };
}

function isHeld(parts: HeldParts): boolean {
  return parts.find(content.sha1, content.root) !== undefined;
}

async function ends(parts: HeldParts): Promise<void> {
  while (parts.list().length > 0) await sleep(1);
}

describe('a part that is whole', () => {
  it('is served a while longer where others asked for it, under whatever name', async (t) => {
    const { parts, path, part, end } = await stage(t, { lingerMs: 50 });
    end('whole');
    await rename(path, `${path}.whole`);
    assert.ok(isHeld(parts));
    await ends(parts);
    assert.equal(part.holders(), 0);
  });

  it('is none any more where nobody asked for it, or it was given up', async (t) => {
    for (const [isWanted, outcome] of [
      [false, 'whole'],
      [true, 'given-up'],
    ] as const) {
      const { parts, part, end } = await stage(t, { isWanted });
      end(outcome);
      assert.ok(!isHeld(parts));
      assert.deepEqual([parts.list(), part.holders()], [[], 0]);
    }
  });

  it('is none any more once somebody wrote to the file, or removed it', async (t) => {
    for (const spoil of [(path: string) => appendFile(path, 'x'), (path: string) => rm(path)]) {
      const { parts, path, part, end } = await stage(t);
      end('whole');
      assert.ok(isHeld(parts));
      await spoil(path);
      assert.ok(!isHeld(parts), 'not for a moment');
      await ends(parts);
      assert.equal(part.holders(), 0);
    }
  });

  it('is let go of at the end', async (t) => {
    const { parts, part, end } = await stage(t);
    end('whole');
    parts.close();
    assert.deepEqual([isHeld(parts), part.holders()], [false, 0]);
  });
});
