import { compareInTree } from '../../support/tree-order.ts';
import { contentKey } from '../../../src/domain/content.ts';
import type { Entry } from '../../../src/domain/entry.ts';
import { fold } from '../../../src/domain/fold.ts';
import { matches, viewEntry, viewPeer } from '../../../src/domain/match.ts';
import { isAlive, REGISTRATION_TTL_MS } from '../../../src/domain/presence.ts';
import { parseQuery } from '../../../src/domain/query-parse.ts';
import { compareRanks, rankedWords, rankOf } from '../../../src/domain/rank.ts';
import { baseName } from '../../../src/domain/share-path.ts';
import { compareText } from '../../../src/domain/text-order.ts';
import { createFacetCounter } from '../../../src/domain/facets.ts';
import type { ContentPage, ContentRow, HolderScope } from '../../../src/protocol/codecs/find.ts';
import type { FolderRow } from '../../../src/protocol/codecs/folder.ts';
import type { PeerRow } from '../../../src/protocol/codecs/listing.ts';
import type { NetworkTotals } from '../../../src/protocol/codecs/network.ts';
import type { SearchHit, Source } from '../../../src/protocol/codecs/search.ts';
import { FIND_HOLDERS_MAX } from '../../../src/protocol/limits.ts';

/** A peer as the plain catalog knows it. */
export type PlainPeer = {
  readonly username: string;
  readonly id: string;
  entries: readonly Entry[];
  loginAtMs: number;
  aliveAtMs: number;
  online: boolean;
  port?: number | undefined;
};

type Holding = { readonly peer: PlainPeer; readonly entry: Entry };

/** What the catalog must answer, worked out by looking at every entry with the domain's rules. */
export function createPlainCatalog() {
  const peers = new Map<string, PlainPeer>();

  function holdings(nowMs: number, scope: HolderScope): Holding[] {
    return [...peers.values()]
      .filter((peer) => scope === 'all' || isSource(peer, nowMs))
      .flatMap((peer) => peer.entries.map((entry) => ({ peer, entry })));
  }

  /** A holding of each peer that has the content, under the first of its paths, in order of username. */
  function holdersOf(key: string, nowMs: number, scope: HolderScope = 'online'): Holding[] {
    const held = holdings(nowMs, scope)
      .filter(({ entry }) => contentKey(entry) === key)
      .sort((a, b) => compareText(a.peer.username, b.peer.username) || compareText(a.entry.path, b.entry.path));
    return held.filter(({ peer }, at) => held[at - 1]?.peer !== peer);
  }

  function ranked(text: string, nowMs: number, scope: HolderScope): Holding[] {
    const query = parseQuery(text);
    return holdings(nowMs, scope)
      .map((holding) => ({ holding, view: viewEntry(holding.entry, viewPeer(holding.peer)) }))
      .filter(({ view }) => matches(query, view))
      .map(({ holding, view }) => {
        const sourceCount = holdersOf(contentKey(holding.entry), nowMs).length;
        return { holding, rank: rankOf(rankedWords(query), view, sourceCount) };
      })
      .sort((a, b) => compareRanks(a.rank, b.rank))
      .map(({ holding }) => holding);
  }

  return {
    peers,
    expire: (nowMs: number): string[] => {
      const expired = [...peers.values()].filter(({ loginAtMs }) => nowMs - loginAtMs >= REGISTRATION_TTL_MS);
      for (const { username } of expired) peers.delete(username);
      return expired.map(({ id }) => id);
    },
    search: (text: string, nowMs: number): SearchHit[] => ranked(text, nowMs, 'online').map(toHit),
    find: (text: string, nowMs: number, scope: HolderScope): ContentRow[] => {
      const best = new Map<string, Entry>();
      for (const { entry } of ranked(text, nowMs, scope)) {
        if (!best.has(contentKey(entry))) best.set(contentKey(entry), entry);
      }
      return Array.from(best, ([key, entry]) => {
        const held = holdersOf(key, nowMs, scope).map(({ peer, entry: { path } }) => ({
          id: peer.id,
          username: peer.username,
          path,
          presence: isSource(peer, nowMs) ? ('online' as const) : ('offline' as const),
        }));
        const sources = held.filter(({ presence }) => presence === 'online');
        const holders = [...sources, ...held.filter((holder) => !sources.includes(holder))];
        return {
          ...entry,
          sourceCount: sources.length,
          holderCount: holders.length,
          holders: holders.slice(0, FIND_HOLDERS_MAX),
        };
      });
    },
    facetsOf: (rows: readonly ContentRow[]): ContentPage['facets'] => {
      const counter = createFacetCounter();
      for (const { path } of rows) counter.add(fold(baseName(path)));
      return counter.facets();
    },
    folder: (username: string, path: string): FolderRow[] => {
      const prefix = path === '' ? '' : `${path}/`;
      const below = (peers.get(username)?.entries ?? []).filter((entry) => entry.path.startsWith(prefix));
      const rests = below.map((entry) => ({ entry, parts: entry.path.slice(prefix.length).split('/') }));
      const deeper = Map.groupBy(
        rests.filter(({ parts }) => parts.length > 1),
        ({ parts: [name = ''] }) => name,
      );
      const folders = Array.from(deeper, ([name, held]): FolderRow => {
        const sizeBytes = held.reduce((sum, { entry }) => sum + entry.sizeBytes, 0);
        return { kind: 'folder', name, files: held.length, sizeBytes };
      });
      const files = rests.flatMap(({ entry: { path: _path, ...held }, parts: [name = '', ...more] }): FolderRow[] =>
        more.length === 0 ? [{ kind: 'file', name, ...held }] : [],
      );
      return [folders, files].flatMap((rows) => rows.sort((a, b) => compareText(a.name, b.name)));
    },
    network: (nowMs: number): NetworkTotals => {
      const all = holdings(nowMs, 'all');
      const holders = Map.groupBy(all, ({ entry }) => contentKey(entry));
      const known = [...peers.values()];
      return {
        peersOnline: known.filter(({ online, aliveAtMs }) => online && isAlive(aliveAtMs, nowMs)).length,
        peers: known.length,
        entries: all.length,
        sizeBytes: all.reduce((sum, { entry }) => sum + entry.sizeBytes, 0),
        contents: holders.size,
        contentsAtRisk: [...holders.values()].filter((held) => new Set(held.map(({ peer }) => peer)).size === 1).length,
      };
    },
    sources: (sha1: string, root: string | undefined, nowMs: number): Source[] => {
      const held = holdings(nowMs, 'online').map(({ entry }) => entry);
      const wanted = held.filter((entry) => entry.sha1 === sha1 && (root === undefined || entry.root === root));
      return [...new Set(wanted.map(contentKey))]
        .flatMap((key) => holdersOf(key, nowMs))
        .sort((a, b) => compareText(a.peer.username, b.peer.username) || compareContents(a.entry, b.entry))
        .map(toSource);
    },
    browse: (username: string): Entry[] =>
      (peers.get(username)?.entries ?? []).toSorted((a, b) => compareInTree(a.path, b.path)),
    listPeers: (nowMs: number): PeerRow[] =>
      [...peers.values()]
        .sort((a, b) => compareText(a.username, b.username))
        .map(({ username, id, online, aliveAtMs, loginAtMs, entries }) => ({
          username,
          id,
          presence: online && isAlive(aliveAtMs, nowMs) ? 'online' : 'offline',
          files: entries.length,
          sizeBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
          lastSeenS: Math.floor(Math.max(aliveAtMs, loginAtMs) / 1_000),
        })),
  };
}

function isSource(peer: PlainPeer, nowMs: number): boolean {
  return peer.online && isAlive(peer.aliveAtMs, nowMs) && peer.port !== undefined;
}

function compareContents(a: Entry, b: Entry): number {
  return compareText(a.root ?? '', b.root ?? '') || a.sizeBytes - b.sizeBytes;
}

/** The address that all peers of a history have; their ports tell them apart. */
export const ADDRESS = '192.0.2.1';

function toHit({ peer, entry: { path, sizeBytes, sha1 } }: Holding): SearchHit {
  return { path, sizeBytes, sha1, username: peer.username, id: peer.id, address: ADDRESS, port: peer.port ?? 0 };
}

function toSource({ peer, entry }: Holding): Source {
  const { id, username, port = 0 } = peer;
  return { ...entry, id, username, address: ADDRESS, port, key: undefined };
}
