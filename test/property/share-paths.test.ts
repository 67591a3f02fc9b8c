import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyText } from '../support/any-text.ts';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { baseName, checkSharePath, localSegments } from '../../src/domain/share-path.ts';
import { sharePaths } from './arbitraries.ts';

type ToSegments = typeof localSegments;

const HOSTILE = [
  ...[
    '',
    '.',
    '..',
    '...',
    '. .',
    '.. ',
    '..\\..',
    '\\',
    '\\\\host\\share',
    '\\\\?\\C:\\',
    '/',
    '//host',
    '~',
    '~root',
  ],
  ...['C:', 'c:x', 'C:\\x', 'file:', 'a:b', 'con', 'NUL', 'aux.txt', 'COM1', 'lpt9 .x', 'CONIN$', 'com¹', 'prn.'],
  ...['\0', 'a\0b', '%2e%2e', '%00', '．．', '‥', 'a ', 'a.', ' a', '\r', '\n', '\u202e', '\ud800', 'x'.repeat(255)],
];
const parts = fc.oneof(fc.constantFrom(...HOSTILE), anyText({ maxLength: 8 }), fc.constant('a'));
const hostilePaths = fc.oneof(
  fc
    .array(fc.tuple(parts, fc.constantFrom('/', '/', '/', '\\', '//', '')), { maxLength: 6 })
    .map((all) => all.map(([part, separator], index) => part + (index < all.length - 1 ? separator : '')).join('')),
  sharePaths,
);

const SYSTEMS = [
  { platform: 'linux', rules: path.posix, folders: ['/srv/down loads', '/'] },
  { platform: 'darwin', rules: path.posix, folders: ['/Users/a/Downloads'] },
  { platform: 'win32', rules: path.win32, folders: ['C:\\Users\\a\\Downloads', 'D:\\', '\\\\host\\share\\x'] },
] as const;

function segmentsOf(toSegments: ToSegments, wirePath: string, platform: string): readonly string[] | undefined {
  try {
    return toSegments(wirePath, platform);
  } catch (error) {
    assert.ok(error instanceof SwapmeetError && error.code === 'bad-path', String(error));
    return undefined;
  }
}

/** Whatever is accepted lies below the folder, exactly as deep as it has parts, and under exactly their names. */
function staysBelow(toSegments: ToSegments, { platform, rules, folders }: (typeof SYSTEMS)[number]): void {
  fc.assert(
    fc.property(hostilePaths, fc.constantFrom<string>(...folders), (wirePath, folder) => {
      const segments = segmentsOf(toSegments, wirePath, platform);
      if (!segments) return;
      assert.ok(segments.length > 0);
      assert.ok(!rules.isAbsolute(rules.join(...segments)));
      for (const local of [rules.join(folder, ...segments), rules.resolve(folder, ...segments)]) {
        assert.deepEqual(rules.relative(folder, local).split(rules.sep), segments);
        assert.equal(rules.basename(local), baseName(wirePath));
      }
    }),
    { numRuns: 2_000 },
  );
}

describe('a path from the wire', () => {
  for (const system of SYSTEMS) {
    it(`stays below its folder on ${system.platform}`, () => {
      staysBelow(localSegments, system);
    });
  }

  it('is taken or refused alike wherever it is a question of the wire, but for control characters', () => {
    fc.assert(
      fc.property(sharePaths, (wirePath) => {
        assert.equal(checkSharePath(wirePath), wirePath);
        if (/\p{Cc}/u.test(wirePath)) assert.throws(() => localSegments(wirePath, 'linux'), { code: 'bad-path' });
        else assert.deepEqual(localSegments(wirePath, 'linux'), wirePath.split('/'));
      }),
    );
  });

  const PATH_FAULTS: readonly (readonly [string, (typeof SYSTEMS)[number], ToSegments])[] = [
    ['does not look for ..', SYSTEMS[0], (wirePath) => wirePath.split('/')],
    ['removes .. once instead of refusing it', SYSTEMS[0], (wirePath) => wirePath.replace('../', '').split('/')],
    ['knows / only, on Windows', SYSTEMS[2], (wirePath) => localSegments(wirePath, 'linux')],
  ];
  for (const [fault, system, toSegments] of PATH_FAULTS) {
    it(`would be noticed where a check ${fault}`, () => {
      assert.throws(() => {
        staysBelow(toSegments, system);
      }, /Property failed/);
    });
  }
});
