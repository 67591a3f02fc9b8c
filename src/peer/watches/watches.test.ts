import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { ContentRow } from '../../protocol/codecs/find.ts';
import type { Match, SeenRequest } from '../../protocol/codecs/watch.ts';
import type { LinkStatus } from '../control.ts';
import { openWatches, type Watches, type WatchesOptions } from './watches.ts';

type Standing = {
  readonly watches: Watches;
  readonly started: string[];
  readonly seen: SeenRequest[];
  /** How often each query was left. */
  readonly left: string[];
  /** What the server calls the watch of a query from now on. */
  readonly ids: Map<string, string>;
  /** The queries that the server refuses. */
  readonly refused: Set<string>;
  readonly match: (match: Match) => void;
  /** Begins a session. */
  readonly online: () => void;
};

const SHA1 = 'a'.repeat(40);

function row(path: string, sizeBytes = 1): ContentRow {
  return { path, sizeBytes, sha1: SHA1, sourceCount: 1, holderCount: 1, holders: [] };
}

function matchOf(mark: number, after: number, ...paths: string[]): Match {
  return { watch: '7', mark, after, rows: paths.map((path) => row(path)) };
}

/** Watches of a peer whose server is in memory: `ids` are the watches it has. */
async function open(
  t: TestContext,
  refuse: (entry: Entry) => SwapmeetError | undefined = () => undefined,
  options: Partial<WatchesOptions> = {},
): Promise<Standing> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-watches-'));
  const [started, seen, left]: [string[], SeenRequest[], string[]] = [[], [], []];
  const ids = new Map<string, string>();
  const refused = new Set<string>();
  const listeners: { match?: (match: Match) => void; online?: () => void } = {};
  const status: LinkStatus = { state: 'online', id: 'ada' };
  const call = async (name: string, request: object): Promise<object> => {
    await delay(1);
    if (name === 'SEEN') seen.push(request as SeenRequest);
    if (name === 'WATCHES') return { rows: [...ids].map(([query, id]) => ({ id, query })) };
    if (name !== 'WATCH' || !('query' in request)) return {};
    const query = String(request.query);
    left.push(query);
    if (refused.has(query)) throw new SwapmeetError('too-many-watches', 'refused');
    ids.set(query, ids.get(query) ?? '7');
    return { watch: ids.get(query) ?? '' };
  };
  const watches = await openWatches({
    file: join(folder, 'watches.json'),
    link: {
      status: () => status,
      call: call as WatchesOptions['link']['call'],
      onMatch: (listener) => {
        listeners.match = listener;
        return () => undefined;
      },
      onOnline: (listener) => {
        listeners.online = listener;
        return () => undefined;
      },
    },
    startDownload: async (entry) => {
      await delay(1);
      const error = refuse(entry);
      if (error) throw error;
      started.push(entry.path);
    },
    log: pino({ level: 'silent' }),
    retry: { firstMs: 5, lastMs: 20 },
    ...options,
  });
  t.after(async () => {
    watches.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    watches,
    started,
    seen,
    left,
    ids,
    refused,
    match: (match) => listeners.match?.(match),
    online: () => listeners.online?.(),
  };
}

async function until(isSo: () => boolean): Promise<void> {
  for (let waited = 0; !isSo() && waited < 2_000; waited += 5) await delay(5);
  assert.ok(isSo());
}

describe('a watch that gets', () => {
  it('skips what can’t be downloaded ever, and goes on with the others', async (t) => {
    const ada = await open(t, ({ path }) => (path === 'bad' ? new SwapmeetError('bad-path', 'no name') : undefined));
    await ada.watches.add('needle', true);
    ada.match(matchOf(1, 0, 'one', 'bad', 'two'));
    await until(() => ada.seen.length === 1);
    assert.deepEqual(ada.started, ['one', 'two']);
  });

  it('tries again what the disk refused, and confirms nothing beyond it', async (t) => {
    let isFull = true;
    const ada = await open(t, ({ path }) =>
      isFull && path === 'one' ? new SwapmeetError('disk-full', 'no room') : undefined,
    );
    await ada.watches.add('needle', true);
    ada.match(matchOf(1, 0, 'one'));
    ada.match(matchOf(2, 1, 'two'));
    await delay(50);
    assert.deepEqual([ada.started, ada.seen], [[], []]);
    isFull = false;
    await until(() => ada.seen.length === 2);
    assert.deepEqual(ada.started, ['one', 'two']);
  });

  it('is not turned off by who looks at it; turned on, it gets what waits', async (t) => {
    const ada = await open(t);
    assert.equal((await ada.watches.add('needle', false)).get, false);
    ada.match(matchOf(1, 0, 'one'));
    assert.equal((await ada.watches.add('needle', true)).get, true);
    await until(() => ada.started.includes('one'));
    assert.equal((await ada.watches.add('needle', false)).get, true);
  });
});

describe('a watch that shows', () => {
  it('confirms what was shown, and not what was only on its way', async (t) => {
    const ada = await open(t);
    const { id } = await ada.watches.add('needle', false);
    ada.match(matchOf(1, 0, 'one', 'two'));
    ada.match(matchOf(2, 1, 'three'));
    const paths: string[] = [];
    for await (const { path } of ada.watches.matches(id, AbortSignal.timeout(20))) paths.push(path);
    assert.deepEqual(paths, ['one', 'two', 'three']);
    assert.deepEqual([ada.seen, ada.watches.list()[0]?.waiting], [[], 3]);
    await ada.watches.shown(id, 1);
    assert.deepEqual([ada.seen, ada.watches.list()[0]?.waiting], [[], 2]);
    await ada.watches.shown(id, 2);
    assert.deepEqual(ada.seen, [{ watch: '7', mark: 1 }]);
    for await (const { path } of ada.watches.matches(id, AbortSignal.timeout(20))) assert.equal(path, 'three');
  });

  it('leaves what finds no room with the server, takes nothing beyond it, and has it told again', async (t) => {
    const ada = await open(t, undefined, { waitingBytesMax: 1_500 });
    const { id } = await ada.watches.add('needle', false);
    ada.match(matchOf(1, 0, 'one'));
    ada.match(matchOf(3, 1, 'two', 'three'));
    ada.match(matchOf(4, 3, 'four'));
    assert.equal(ada.watches.list()[0]?.waiting, 1);
    await ada.watches.shown(id, 1);
    await until(() => ada.left.length === 2);
    ada.match(matchOf(2, 0, 'two'));
    assert.deepEqual([ada.seen, ada.watches.list()[0]?.waiting], [[{ watch: '7', mark: 1 }], 1]);
  });

  it('hears what a server tells that has lost all its watches', async (t) => {
    const ada = await open(t);
    await ada.watches.add('needle', false);
    ada.match(matchOf(9, 0, 'one'));
    ada.ids.clear();
    ada.ids.set('needle', '8');
    ada.online();
    await delay(30);
    ada.match({ ...matchOf(1, 0, 'two'), watch: '8' });
    assert.equal(ada.watches.list()[0]?.waiting, 2);
  });

  it('gets a match that comes before its id, without delay', async (t) => {
    const ada = await open(t);
    const added = ada.watches.add('needle', false);
    ada.match(matchOf(1, 0, 'one'));
    await added;
    assert.equal(ada.watches.list()[0]?.waiting, 1);
  });

  it('says that there was more than the server kept, until it says so no more', async (t) => {
    const ada = await open(t);
    await ada.watches.add('needle', false);
    ada.match({ ...matchOf(1, 0, 'one'), more: true });
    assert.equal(ada.watches.list()[0]?.more, true);
    ada.match(matchOf(2, 1, 'two'));
    assert.equal(ada.watches.list()[0]?.more, false);
  });

  it('ends with a sentence when it is removed', async (t) => {
    const ada = await open(t);
    const { id } = await ada.watches.add('needle', false);
    const next = ada.watches.matches(id, new AbortController().signal)[Symbol.asyncIterator]().next();
    await Promise.all([
      assert.rejects(next, (error) => error instanceof SwapmeetError && error.code === 'not-found'),
      ada.watches.remove(id),
    ]);
  });
});

it('a watch that the server refuses keeps no other from it', async (t) => {
  const ada = await open(t);
  await ada.watches.add('first', false);
  await ada.watches.add('last', false);
  ada.refused.add('first').add('new');
  await assert.rejects(ada.watches.add('new', false), /refused/);
  assert.deepEqual(
    ada.watches.list().map(({ query }) => query),
    ['first', 'last'],
  );
  ada.left.length = 0;
  ada.ids.clear();
  ada.online();
  await until(() => ada.left.includes('last'));
});
