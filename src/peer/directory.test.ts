import assert from 'node:assert/strict';
import test from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import type { ContentRow } from '../protocol/codecs/find.ts';
import type { PeerRow } from '../protocol/codecs/listing.ts';
import type { OkOf, RequestNameAt, RequestOf } from '../protocol/messages.ts';
import { createDirectory } from './directory.ts';

type Answers = { readonly [Name in RequestNameAt<'server'>]?: (request: RequestOf<Name>) => OkOf<Name> };

/** A link to a server that answers like that; `asked` names the requests. */
function createFakeLink(answers: Answers) {
  const asked: string[] = [];
  async function call<Name extends RequestNameAt<'server'>>(name: Name, request: RequestOf<Name>): Promise<OkOf<Name>> {
    asked.push(name);
    const answer: Answers[Name] = answers[name];
    assert.ok(answer, `nobody expected ${name}`);
    return Promise.resolve(answer(request));
  }
  return { call, asked };
}

const SHA1 = 'ab'.repeat(20);

function peerRow(username: string, id: string): PeerRow {
  return { username, id, presence: 'online', files: 1, sizeBytes: 1 };
}

/** Three peers, of whom mallory took bob's id as a username; all share the same. */
const NETWORK = [peerRow('mallory’s', '1'), peerRow('2', 'm'), peerRow('bob', '2')];

function networkLink(network: readonly PeerRow[] = NETWORK) {
  return createFakeLink({
    SHOW_PEERS: ({ after = '0' }) => {
      const at = Number(after);
      return { rows: network.slice(at, at + 1), ...(at + 1 < network.length ? { next: String(at + 1) } : {}) };
    },
    BROWSE_PEER: ({ id, path }) => {
      if (!network.some((row) => row.id === id)) throw new SwapmeetError('unknown-id', 'none has this id');
      const isThere = path === undefined || 'music/a b/song'.startsWith(path);
      return { rows: isThere ? [{ path: 'music/a b/song', sizeBytes: 1, sha1: SHA1 }] : [] };
    },
  });
}

test('a peer is found by its id at once, whoever has that as a username, else by username', async () => {
  const link = networkLink();
  const directory = createDirectory(link);
  assert.equal(await directory.findPeer('2'), '2');
  assert.deepEqual(link.asked, ['BROWSE_PEER']);
  assert.equal(await directory.findPeer('bob'), '2');
  await assert.rejects(directory.findPeer('bo'), { code: 'not-found', message: /swapmeet peers --all/ });
});

test('a username in another case is that of the only one who can be meant', async () => {
  const directory = createDirectory(networkLink([peerRow('Bob', '1'), peerRow('bob', '2'), peerRow('Zoë', '3')]));
  assert.equal(await directory.findPeer('bob'), '2');
  assert.equal(await directory.findPeer('Bob'), '1');
  assert.equal(await directory.findPeer('ZOE'), '3');
  assert.equal((await directory.findEntry('zoë', 'music/a b/song')).sha1, SHA1);
  await assert.rejects(directory.findPeer('BOB'), { code: 'bad-argument', message: /BOB may be each of Bob, bob/ });
});

test('a file is found by its whole path; of a folder it is said that it is one', async () => {
  const directory = createDirectory(networkLink());
  assert.equal((await directory.findEntry('bob', 'music/a b/song')).sha1, SHA1);
  await assert.rejects(directory.findEntry('bob', 'music/a b'), {
    code: 'bad-argument',
    message: /is a folder.*'bob:music\/a b\/'/,
  });
  await assert.rejects(directory.findEntry('bob', 'video'), { code: 'not-found', message: /“swapmeet browse bob”/ });
});

function contentRow(username: string, presence: 'online' | 'offline'): ContentRow {
  const holders = [{ id: username, username, path: `of ${username}`, presence }];
  return { path: 'song', sizeBytes: 1, sha1: SHA1, sourceCount: 0, holderCount: 1, holders };
}

test('a content is found whoever holds it, online or not', async () => {
  const asked: unknown[] = [];
  const rows: ContentRow[] = [];
  const link = createFakeLink({
    FIND: (request) => {
      asked.push(request);
      return { rows, total: rows.length, bounded: false };
    },
  });
  const directory = createDirectory(link);
  await assert.rejects(directory.findContent(SHA1, undefined), { code: 'no-source' });
  rows.push(contentRow('ada', 'offline'));
  assert.equal((await directory.findContent(SHA1, 'cd')).path, 'song');
  assert.deepEqual(asked, [
    { query: `sha1:${SHA1}`, holders: 'all', limit: 2 },
    { query: `sha1:${SHA1} root:cd`, holders: 'all', limit: 2 },
  ]);
  rows.push(contentRow('mallory', 'online'));
  await assert.rejects(directory.findContent(SHA1, undefined), {
    code: 'bad-argument',
    message: /ada:of ada and mallory:of mallory/,
  });
});

test('a search lists what “swapmeet search” shows: also what only peers have that can’t be dialled', async () => {
  const asked: unknown[] = [];
  const link = createFakeLink({
    FIND: (request) => {
      asked.push(request);
      return { rows: [], total: 0, bounded: false };
    },
  });
  await createDirectory(link).listFiles({ query: 'song' }, undefined, 1);
  assert.deepEqual(asked, [{ query: 'song', reach: 'any', matches: 'all', after: undefined, limit: 1 }]);
});
