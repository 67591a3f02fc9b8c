import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { placeOf } from '../place.ts';
import { RULES_FILE } from './folder-rules.ts';
import type { SharePatterns } from './patterns.ts';
import { createShareFilter, type ShareFilter } from './share-filter.ts';

const NONE: SharePatterns = { exclude: [], include: [] };

/** Whether the filter leaves out a file, or with a slash at its end a folder. */
function isOut(filter: ShareFilter, path: string): boolean {
  const isFolder = path.endsWith('/');
  const item = isFolder ? path.slice(0, -1) : path;
  return filter.within(dirname(item))(item, isFolder ? 'folder' : 'file');
}

function check(filter: ShareFilter, expected: Readonly<Record<string, boolean>>): void {
  for (const [path, wanted] of Object.entries(expected)) assert.equal(isOut(filter, path), wanted, path);
}

/** A filter of share `S`, and how to give one of its folders rules of its own. */
async function createFixture(t: TestContext, patterns: SharePatterns = NONE) {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-filter-'));
  t.after(() => rm(folder, { recursive: true }));
  const share = { label: 'S', folder };
  const filter = createShareFilter(share, patterns);
  return {
    filter,
    rules: async (inShare: string, text: string | undefined): Promise<void> => {
      const disk = join(folder, inShare);
      await mkdir(disk, { recursive: true });
      const file = join(disk, RULES_FILE);
      if (text === undefined) await rm(file);
      else await writeFile(file, text);
      const place = placeOf(share, disk);
      assert.ok(place);
      await filter.read(place);
    },
  };
}

function filterOf(patterns: SharePatterns, label = 'S'): ShareFilter {
  return createShareFilter({ label, folder: '/nowhere' }, patterns);
}

test('hidden, temporary and unfinished files are left out', () => {
  const filter = filterOf(NONE);
  for (const name of [
    ...[
      '.git',
      '.DS_Store',
      '.hidden',
      'a.part',
      'A.PART',
      'a~',
      '~',
      '~$report.docx',
      'x.crdownload',
      'b.tmp',
      'b.swp',
    ],
    ...[
      'Thumbs.db',
      'desktop.ini',
      'Icon\r',
      'lost+found',
      '$RECYCLE.BIN',
      'System Volume Information',
      '#a#',
      '#recycle',
    ],
  ]) {
    check(filter, { [`S/${name}`]: true, [`S/a/${name}/`]: true, [`S/${name}/a/b`]: true });
  }
});

test('others are not', () => {
  const filter = filterOf(NONE);
  const names = [
    'part',
    'a.part1.rar',
    'a.b.c',
    'a~b',
    'tmp',
    'my.partner',
    'package-lock.json',
    '#a',
    '$a',
    'a.db',
    'Icons',
    'Icon',
  ];
  for (const name of names) check(filter, { [`S/${name}`]: false, [`S/a/${name}/`]: false });
});

test('a share is shared whatever it is called, but not all that is called so in it', () => {
  check(filterOf(NONE, '.config'), { '.config/a': false, '.config/.config/': true });
  check(filterOf(NONE, 'x [1]*!.tmp'), { 'x [1]*!.tmp/a': false });
});

test('a person excludes by pattern, in all shares or in one', () => {
  const exclude = ['*.iso', '/S/private/', '/Other/*.txt', 'build/', '/S/**/raw/*.tif', '#odd', '!odd'];
  const filter = filterOf({ exclude, include: [] });
  check(filter, {
    'S/a.iso': true,
    'S/a/B.ISO': true,
    'S/private/': true,
    'S/private': false,
    'S/private/a/b': true,
    'S/a/private/': false,
    'S/a.txt': false,
    'S/a/build/': true,
    'S/a/build': false,
    'S/x/y/raw/a.tif': true,
    'S/x/y/raw/z/a.tif': false,
    'S/#odd': true,
    'S/!odd': true,
  });
  check(filterOf({ exclude, include: [] }, 'Other'), { 'Other/a.txt': true, 'Other/a/a.txt': false });
});

test('what a person includes goes before what is excluded, and by default too', () => {
  const filter = filterOf({ exclude: ['*.iso', '*', ''], include: ['*/', '*.flac', '.git', 'keep.ISO', '.part'] });
  check(filter, {
    'S/a/': false,
    'S/a/b.flac': false,
    'S/a/b.mp3': true,
    'S/keep.iso': false,
    'S/.git/': false,
    'S/.git/a.flac': false,
    'S/.git/config': true,
  });
});

test('a folder has rules for what lies below it; the deeper ones decide, a person’s before all', async (t) => {
  const { filter, rules } = await createFixture(t, { exclude: ['never'], include: ['*.always'] });
  await rules('', '\uFEFF# a comment\r\n*.wav\r\n/top\n\nraw/takes\n*.always\n!never\n');
  await rules('a [b]', '!*.wav\n!.hidden\nspaced name  \n');
  check(filter, {
    'S/x.wav': true,
    'S/x/y.wav': true,
    'S/top': true,
    'S/x/top': false,
    'S/raw/takes': true,
    'S/x/raw/takes': false,
    'S/x/y.always': false,
    'S/never': true,
    'S/a [b]/y.wav': false,
    'S/a [b]/c/y.wav': false,
    'S/a [b]/.hidden/': false,
    'S/a [b]/.hidden/x': false,
    'S/a [b]/spaced name': true,
    'S/a b/y.wav': true,
    'S/.hidden/': true,
  });
  await rules('', undefined);
  check(filter, { 'S/x.wav': false, 'S/a [b]/.hidden/': false });
});

test('rules that can’t be used are refused', async (t) => {
  const { rules } = await createFixture(t);
  const refused = { code: 'bad-argument' };
  await assert.rejects(rules('a', '**/a/**/b/**/c/**/d'), refused);
  await assert.rejects(rules('b', '*a'.repeat(21)), refused);
  await assert.rejects(rules('c', 'a\n'.repeat(1_001)), refused);
  await assert.rejects(rules('d', 'a'.repeat(70_000)), refused);
  await rules('e', '**/a/**/b/**/c');
  assert.throws(() => filterOf({ exclude: ['a'.repeat(1_001)], include: [] }), refused);
});

test('no pattern takes long on any name', () => {
  const filter = filterOf({ exclude: ['*a'.repeat(20) + 'b', '**/a/**/a/**/b'], include: [] });
  const startMs = performance.now();
  check(filter, { [`S/${'a'.repeat(255)}`]: false, [`S/${'a/'.repeat(100)}c`]: false });
  assert.ok(performance.now() - startMs < 1_000);
});
