import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { encodeFileList } from '../../protocol/codecs/file-list.ts';
import { openStanding } from './standing.ts';

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
  standing.published(BOB, { kind: 'list', fileList: encodeFileList(inEffect) });
  standing.published(
    { id: 'eve', username: 'Eve' },
    { kind: 'entries', fileList: encodeFileList([entry('needle-9', '9')]) },
  );
  await told.promise;
  assert.deepEqual(asked, ['bob', 'bob']);
});
