import assert from 'node:assert/strict';
import { mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Damage } from '../../src/catalog/sqlite/mending.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { entry } from './entries.ts';
import { browseAll, NOW_MS, share } from './support.ts';

/** More than a segment that is held in memory as a whole has. */
const MANY = 8_000;

type Kept = {
  readonly folder: string;
  readonly damages: readonly Damage[];
  /** Opens the catalog anew; what was open before has to be closed. */
  open(): Promise<Catalog>;
  /** The paths of the segments, in the order in which they were made. */
  segments(): Promise<string[]>;
};

async function keep(t: TestContext): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-damage-'));
  const damages: Damage[] = [];
  let catalog: Catalog | undefined;
  t.after(async () => {
    await catalog?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    folder,
    damages,
    open: async () => (catalog = await openSqliteCatalog({ folder, onDamage: (damage) => damages.push(damage) })),
    segments: async () => {
      const names = await readdir(join(folder, 'segments'));
      names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
      return names.map((name) => join(folder, 'segments', name));
    },
  };
}

async function flipBit(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte.writeUInt8(byte.readUInt8() ^ 1);
  await file.write(byte, 0, 1, at);
  await file.close();
}

function listOf(name: string, count: number) {
  return Array.from({ length: count }, (_, n) => entry(`${name}/${name}-${n}`));
}

describe('a segment that is damaged', () => {
  it('is left out at the start, and its peers, and no others, are to send their lists again', async (t) => {
    const kept = await keep(t);
    let catalog = await kept.open();
    const ann = await share(catalog, 'ann', listOf('song', 10));
    const bob = await share(catalog, 'bob', listOf('tune', 10));
    const before = [await catalog.listState(ann), await catalog.listState(bob)];
    await catalog.close();
    await flipBit((await kept.segments())[0] ?? '', 40);
    catalog = await kept.open();
    assert.deepEqual(
      kept.damages.map(({ ids }) => ids),
      [[ann]],
    );
    const after = [await catalog.listState(ann), await catalog.listState(bob)];
    assert.notDeepEqual(after[0], before[0]);
    assert.deepEqual(after[1], before[1]);
    assert.deepEqual([(await browseAll(catalog, ann)).length, (await browseAll(catalog, bob)).length], [0, 10]);
    await catalog.replaceEntries(ann, encodeFileList(listOf('song', 10)));
    assert.equal((await browseAll(catalog, ann)).length, 10);
    await catalog.close();
    await kept.open();
    assert.equal(kept.damages.length, 1);
  });

  it('of which nobody knows any more whose lists it had, has all send theirs again', async (t) => {
    const kept = await keep(t);
    const catalog = await kept.open();
    const ids = [await share(catalog, 'ann', listOf('song', 10)), await share(catalog, 'bob', listOf('tune', 10))];
    await share(catalog, 'eve', []);
    await catalog.close();
    await truncate((await kept.segments())[0] ?? '', 100);
    const damaged = await kept.open();
    assert.deepEqual(
      kept.damages.map((damage) => damage.ids.toSorted()),
      [ids],
    );
    assert.equal((await browseAll(damaged, 'id-bob')).length, 10);
  });

  it('is found when what is damaged is read, and left out from then on', { timeout: 60_000 }, async (t) => {
    const kept = await keep(t);
    let catalog = await kept.open();
    const ann = await share(catalog, 'ann', listOf('song', MANY));
    const bob = await share(catalog, 'bob', listOf('tune', 10));
    await catalog.stagePart(ann, 'token', 1, encodeFileList(listOf('next', 1)));
    await catalog.close();
    const [path = ''] = await kept.segments();
    // The contents lie between the names, which are looked at when it is opened, and what is resident at the end.
    await flipBit(path, Math.round((await stat(path)).size / 2));
    catalog = await kept.open();
    assert.deepEqual(kept.damages, []);
    await assert.rejects(
      browseAll(catalog, ann),
      (error) => error instanceof SwapmeetError && error.code === 'disk-error',
    );
    while ((await browseAll(catalog, ann).catch(() => ['damaged'])).length > 0);
    assert.deepEqual(
      kept.damages.map(({ ids }) => ids),
      [[ann]],
    );
    assert.deepEqual((await catalog.listState(ann)).upload, { token: 'token', parts: 1 });
    const { rows } = await catalog.find('tune-7', {}, NOW_MS);
    assert.deepEqual([rows.length, (await browseAll(catalog, bob)).length], [1, 10]);
  });
});
