import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import { encodeChanges } from '../../protocol/codecs/list-changes.ts';
import { openStanding, type Standing } from './standing.ts';

const BOB = { id: 'bob', username: 'Bob' };

function entry(path: string, digit: string) {
  return { path, sizeBytes: 1, sha1: digit.repeat(40) };
}

test('what is too much to wait for is read from the catalog afterwards', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-standing-'));
  const inEffect = [entry('needle-1', '1'), entry('needle-2', '2'), entry('pin', '3')];
  const asked: string[] = [];
  const standing = await openStanding({
    file: join(folder, 'standing.db'),
    catalog: {
      listState: () => Promise.resolve({ revision: 'r' }),
      listsInEffect: () => Promise.resolve([]),
      browse: (id, _path, { after }) => {
        asked.push(id);
        return Promise.resolve(
          after === undefined ? { rows: inEffect.slice(0, 1), next: '1' } : { rows: inEffect.slice(1) },
        );
      },
    },
    log: pino({ level: 'silent' }),
    waitingBytesMax: 100,
  });
  t.after(async () => {
    await standing.close();
    await rm(folder, { recursive: true, force: true });
  });
  const { watch } = await standing.call('watch', ['ada', 'needle']);
  const told = Promise.withResolvers<undefined>();
  standing.onNews(() => void look());
  async function look(): Promise<void> {
    const { matches } = await standing.call('unseen', [watch, 0]);
    if (matches.length === 3) told.resolve(undefined);
  }
  standing.published(BOB, { kind: 'list', fileList: encodeFileList(inEffect), revision: 'r' });
  standing.published(
    { id: 'eve', username: 'Eve' },
    { kind: 'list', fileList: encodeFileList([entry('needle-9', '9')]), revision: 'r' },
  );
  await told.promise;
  assert.deepEqual(asked, ['bob', 'bob']);
});

test('what a server did not compare before it ended, it compares at its next start, and nothing else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-standing-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const lists = new Map([
    ['bob', { username: 'Bob', revision: 'b1', entries: [entry('needle-old', '1')] }],
    ['eve', { username: 'Eve', revision: 'e1', entries: [entry('needle-older', '2')] }],
  ]);
  const browsed: string[] = [];
  const start = (): Promise<Standing> =>
    openStanding({
      file: join(folder, 'standing.db'),
      catalog: {
        listState: (id) => Promise.resolve({ revision: lists.get(id)?.revision ?? '' }),
        listsInEffect: () =>
          Promise.resolve(Array.from(lists, ([id, { username, revision }]) => ({ id, username, revision }))),
        browse: (id) => {
          browsed.push(id);
          return Promise.resolve({ rows: lists.get(id)?.entries ?? [] });
        },
      },
      log: pino({ level: 'silent' }),
    });
  const first = await start();
  const { watch } = await first.call('watch', ['ada', 'needle']);
  const added = encodeChanges([{ add: entry('needle-new', '3') }]);
  first.published(BOB, { kind: 'changes', fileList: added, before: 'b1', revision: 'b2' });
  assert.equal((await first.call('unseen', [watch, 0])).matches.length, 1);
  await first.close();
  // Bob's changes were compared before the server was killed, Eve's were not.
  lists.set('bob', { username: 'Bob', revision: 'b2', entries: [entry('needle-old', '1'), entry('needle-new', '3')] });
  lists.set('eve', { username: 'Eve', revision: 'e2', entries: [entry('needle-newer', '4')] });
  const second = await start();
  const told = Promise.withResolvers<undefined>();
  second.onNews((news) => {
    if (news.length > 0) told.resolve(undefined);
  });
  await told.promise;
  const { matches } = await second.call('unseen', [watch, 0]);
  assert.deepEqual(
    matches.map(({ username, line }) => `${username} ${line.split('|')[0] ?? ''}`),
    ['Bob needle-new', 'Eve needle-newer'],
  );
  await second.close();
  await (await start()).close();
  assert.deepEqual(browsed, ['eve']);
});
