import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { openSqliteCatalog } from '../../src/catalog/sqlite/sqlite-catalog.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { HOLDER_SCOPES } from '../../src/protocol/codecs/find.ts';
import type { PageRequest } from '../../src/protocol/codecs/page.ts';
import { rootOf, sha1Of } from '../catalog/entries.ts';
import { allPages } from '../catalog/support.ts';
import { ADDRESS, createPlainCatalog } from './support/plain-catalog.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const username = fc.constantFrom('ann', 'Bob', 'çelik', '\u{1F600}');
const piece = fc.constantFrom(
  'a',
  'ab',
  'abc',
  'Café',
  'cafe',
  '日本',
  '日',
  'x y',
  'a-b',
  'song',
  'Songs',
  '\uFFFD',
  '"%_|',
);
const name = fc.tuple(piece, fc.constantFrom('', ' ', '.'), piece, fc.constantFrom('', '.mp3', '.tar.gz', '.PDF'));
const path = fc
  .tuple(fc.array(piece, { maxLength: 2 }), name)
  .map(([folders, parts]) => [...folders, parts.join('')].join('/'));
const content = fc
  .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom(5, 2_000_000), fc.constantFrom('r', 's', undefined))
  .map(([data, sizeBytes, root]) => ({
    sha1: sha1Of(data),
    sizeBytes,
    ...(root === undefined ? {} : { root: rootOf(data + root) }),
  }));
const entries: fc.Arbitrary<Entry[]> = fc.uniqueArray(
  fc.tuple(path, content).map(([at, held]) => ({ path: at, ...held })),
  { selector: (entry) => entry.path, maxLength: 8 },
);

const term = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('a', 'b', 'ab', 'abc', 'CAFÉ', 'cafe', '日本', '本', 'so', 'song', '.', '%', '_', '|'),
  },
  { weight: 1, arbitrary: fc.constantFrom('"x y"', '"a"', '"c song"', '"b/a"', '"cafe.ab"') },
  { weight: 1, arbitrary: fc.constantFrom('ext:mp3', 'ext:gz,pdf', 'type:document', 'size:>1MB', 'size:=5') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('peer:ann', 'peer:BOB', 'peer:celik', `sha1:${sha1Of('1')}`, `root:${rootOf('1r')}`),
  },
);
const query = fc
  .tuple(term, fc.array(fc.tuple(fc.constantFrom('', '', '-'), term), { maxLength: 2 }))
  .map(([first, more]) => [first, ...more.map((parts) => parts.join(''))].join(' '));

type Step =
  | { readonly act: 'register' | 'replace'; readonly username: string; readonly entries: readonly Entry[] }
  | { readonly act: 'login' | 'touch' | 'publish' | 'withdraw' | 'logout' | 'lose'; readonly username: string }
  | { readonly act: 'wait'; readonly durationMs: number }
  | { readonly act: 'expire' | 'restart' }
  | { readonly act: 'ask'; readonly query: string; readonly limit: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('register', 'replace'), username, entries }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constantFrom('login', 'publish'), username }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('touch', 'withdraw', 'logout', 'lose'), username }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('wait'),
      durationMs: fc.constantFrom(1, MINUTE_MS, 5 * MINUTE_MS, 30 * DAY_MS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('expire', 'expire', 'restart') }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('ask'), query, limit: fc.constantFrom(1, 2, 100) }) },
);

/** Peers that can be fetched from, so that most histories have something to find. */
const opening: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(username, entries), { minLength: 1, maxLength: 3 })
  .map((shared) =>
    shared.flatMap(([who, held]): Step[] => [
      { act: 'register', username: who, entries: held },
      { act: 'login', username: who },
      { act: 'publish', username: who },
    ]),
  );

/** Takes the steps of one history with the catalog and the plain one side by side. */
function createHistory(catalog: Catalog) {
  const plain = createPlainCatalog();
  /** Ids that had a session: without one there are no signs of life. */
  const loggedIn = new Set<string>();
  let nowMs = 0;
  let counter = 0;

  async function register(who: string, held: readonly Entry[]): Promise<void> {
    counter += 1;
    const id = `id-${counter}`;
    const replacesId = plain.peers.get(who)?.id;
    const fileList = encodeFileList(held);
    await catalog.register({ id, username: who, passwordHash: 'x', fileList, replacesId }, nowMs);
    plain.peers.set(who, { username: who, id, entries: held, loginAtMs: nowMs, aliveAtMs: nowMs, online: false });
  }

  async function actOf(who: string, act: Exclude<Step, { durationMs: number }>['act']): Promise<void> {
    const peer = plain.peers.get(who);
    if (peer === undefined) return;
    switch (act) {
      case 'login':
        await catalog.beginSession({ id: peer.id, resumeTokenHash: '00' }, nowMs);
        loggedIn.add(peer.id);
        Object.assign(peer, { online: true, aliveAtMs: nowMs, loginAtMs: nowMs, port: undefined });
        break;
      case 'touch':
        await catalog.touch(peer.id, nowMs);
        if (loggedIn.has(peer.id)) peer.aliveAtMs = nowMs;
        break;
      case 'publish':
        counter += 1;
        await catalog.setAddress(peer.id, { address: ADDRESS, port: counter });
        peer.port = counter;
        break;
      case 'withdraw':
        await catalog.setAddress(peer.id, undefined);
        peer.port = undefined;
        break;
      default:
        await catalog.endSession(peer.id, { forget: act === 'logout' });
        Object.assign(peer, { online: false, port: undefined });
    }
  }

  async function ask(text: string, limit: number): Promise<void> {
    assert.deepEqual(await allPages((page) => catalog.search(text, page, nowMs), limit), plain.search(text, nowMs));
    for (const holders of HOLDER_SCOPES) {
      const expected = plain.find(text, nowMs, holders);
      const find = (page: PageRequest) => catalog.find(text, { ...page, holders }, nowMs);
      assert.deepEqual(await allPages(find, limit), expected);
      const { total, bounded, facets } = await catalog.find(text, { limit, holders, facets: true }, nowMs);
      assert.deepEqual(
        { total, bounded, facets },
        { total: expected.length, bounded: false, facets: plain.facetsOf(expected) },
      );
    }
    assert.deepEqual(await catalog.network(nowMs), plain.network(nowMs));
    assert.deepEqual(await allPages((page) => catalog.listPeers('all', page, nowMs), limit), plain.listPeers(nowMs));
    for (const root of [undefined, rootOf('1r')]) {
      assert.deepEqual(await catalog.sources(sha1Of('1'), root, nowMs), plain.sources(sha1Of('1'), root, nowMs));
    }
    for (const { username: who, id } of plain.peers.values()) {
      assert.deepEqual(await allPages((page) => catalog.browse(id, undefined, page), limit), plain.browse(who));
      for (const at of ['', 'a', 'abc', 'Café/x y', '日本', '\uFFFD']) {
        const folder = (page: PageRequest) => catalog.folder(id, at === '' ? undefined : at, page);
        assert.deepEqual(await allPages(folder, limit), plain.folder(who, at), at);
      }
    }
  }

  async function take(next: Step): Promise<void> {
    switch (next.act) {
      case 'register':
        return register(next.username, next.entries);
      case 'replace': {
        const peer = plain.peers.get(next.username);
        if (peer === undefined) return;
        await catalog.replaceEntries(peer.id, encodeFileList(next.entries));
        peer.entries = next.entries;
        return;
      }
      case 'wait':
        nowMs += next.durationMs;
        return;
      case 'expire':
        assert.deepEqual((await catalog.expire(nowMs)).toSorted(), plain.expire(nowMs).toSorted());
        return;
      case 'restart':
        await catalog.endAllSessions();
        for (const peer of plain.peers.values()) Object.assign(peer, { online: false, port: undefined });
        return;
      case 'ask':
        return ask(next.query, next.limit);
      default:
        return actOf(next.username, next.act);
    }
  }

  return { take };
}

let folder: string;
let catalog: Catalog;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swapmeet-search-'));
  catalog = await openSqliteCatalog({ folder });
});

after(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

function answersLikeAPlainScan(subject: Catalog) {
  return fc.asyncProperty(opening, fc.array(step, { maxLength: 20 }), async (first, steps) => {
    await catalog.expire(Number.MAX_SAFE_INTEGER);
    const history = createHistory(subject);
    for (const next of [...first, ...steps]) await history.take(next);
  });
}

test('through any history, a catalog answers what a plain scan by the rules of the domain does', async () => {
  await fc.assert(answersLikeAPlainScan(catalog), { numRuns: 100 });
});

test('a catalog that forgets to withdraw an address, or to keep the order, or keeps its answers, is found out', async () => {
  const forgetful: Catalog = {
    ...catalog,
    setAddress: async (id, address) => (address === undefined ? undefined : catalog.setAddress(id, address)),
  };
  const disorderly: Catalog = {
    ...catalog,
    search: async (...args) => {
      const page = await catalog.search(...args);
      return { ...page, rows: page.rows.toReversed() };
    },
  };
  const answers = new Map<string, ReturnType<Catalog['find']>>();
  const stale: Catalog = {
    ...catalog,
    find: (query, page, ...when) => {
      const key = JSON.stringify([query, page]);
      const answer = answers.get(key) ?? catalog.find(query, page, ...when);
      answers.set(key, answer);
      return answer;
    },
  };
  for (const canary of [forgetful, disorderly, stale]) {
    const { failed } = await fc.check(answersLikeAPlainScan(canary), { numRuns: 1_000, endOnFailure: true });
    assert.ok(failed);
  }
});
