import type { Entry } from '../../domain/entry.ts';
import { fold } from '../../domain/fold.ts';
import { isPeerNamed, matches, viewEntry, type PeerView } from '../../domain/match.ts';
import { requiredOf, type Query } from '../../domain/query.ts';
import { baseName } from '../../domain/share-path.ts';
import { createPathScanner } from '../../domain/standing/path-scanner.ts';
import { keysOf } from '../../domain/standing/query-keys.ts';
import { createTextIndex } from '../../domain/standing/text-index.ts';
import { decodeFileLine } from '../../protocol/codecs/file-list.ts';

/** UTF-8 lines, and what they are: of files, or of changes. */
export type PercolatedList = { readonly lines: Uint8Array; readonly form: 'files' | 'changes' };

/** Finds, for entries that are published, which of many standing queries they match. */
export type Percolator = {
  /** @param key not in use */
  add(key: number, query: Query): void;
  remove(key: number): void;
  /**
   * Runs a list past the queries. It may be of entries that were refused: what does not parse matches nothing.
   *
   * @param list file lines in UTF-8 [PROTOCOL §4], or changes [PROTOCOL §6.3], of which those that add count
   * @param wanted whether matches of a query are still of interest; asked before the costly part of the work
   * @param found is told of a match once
   */
  percolate(
    { lines, form }: PercolatedList,
    peer: PeerView,
    wanted: (key: number) => boolean,
    found: (key: number, entry: Entry) => void,
  ): void;
};

const LINE_FEED = 0x0a;
const BAR = 0x7c;
const SLASH = 0x2f;
const PLUS = 0x2b;
const PERCENT = 0x25;
const SPACE = 0x20;
const TILDE = 0x7e;
const SHA1_DIGITS = 40;
const ROOT_DIGITS = 64;

export function createPercolator(): Percolator {
  const queries = new Map<number, Query>();
  const texts = createTextIndex();
  const scanner = createPathScanner(texts);
  const byHash = new Map<string, Set<number>>();
  /** Those that ask for a publisher, and those that ask for nothing by which they could be found. */
  const byPeer = new Set<number>();
  const always = new Set<number>();

  function addByHash(hash: string, key: number): void {
    const keys = byHash.get(hash) ?? new Set();
    byHash.set(hash, keys.add(key));
  }

  function forgetHash(hash: string, key: number): void {
    const keys = byHash.get(hash);
    keys?.delete(key);
    if (keys?.size === 0) byHash.delete(hash);
  }

  /** The queries that every entry of this publisher has to be checked for. */
  function forAll(peer: PeerView): number[] {
    const named = [...byPeer].filter((key) => {
      const query = queries.get(key);
      return query && requiredOf(query, 'peer').every((predicate) => isPeerNamed(predicate, peer));
    });
    return [...always, ...named];
  }

  /** Tells of the queries that are kept under a hash which stands in the line. */
  function scanHashes(bytes: Buffer, { pathEnd, end }: LineShape, found: (key: number) => void): void {
    const sha1At = bytes.indexOf(BAR, pathEnd + 1) + 1;
    if (sha1At === 0 || sha1At > end) return;
    const rootAt = sha1At + SHA1_DIGITS + 1;
    for (const key of byHash.get(bytes.toString('latin1', sha1At, Math.min(end, rootAt - 1))) ?? NOBODY) found(key);
    const rootEnd = Math.min(end, rootAt + ROOT_DIGITS);
    if (rootAt < rootEnd) for (const key of byHash.get(bytes.toString('latin1', rootAt, rootEnd)) ?? NOBODY) found(key);
  }

  function scanPath(bytes: Buffer, shape: LineShape, found: (key: number) => void): void {
    if (shape.isPlain) {
      scanner.scan(bytes, shape.begin, shape.nameAt, shape.pathEnd, found);
      return;
    }
    const entry = tryDecode(bytes, shape);
    if (!entry) return;
    const nameUnits = baseName(entry.path).length;
    const folder = Buffer.from(fold(entry.path.slice(0, entry.path.length - nameUnits)), 'utf8');
    const name = Buffer.from(fold(baseName(entry.path)), 'utf8');
    scanner.scan(Buffer.concat([folder, name]), 0, folder.length, folder.length + name.length, found);
  }

  function check(
    entry: Entry,
    peer: PeerView,
    keys: Iterable<number>,
    found: (key: number, entry: Entry) => void,
  ): void {
    const view = viewEntry(entry, peer);
    for (const key of keys) {
      const query = queries.get(key);
      if (query && matches(query, view)) found(key, entry);
    }
  }

  return {
    add(key, query) {
      const keys = keysOf(query);
      queries.set(key, query);
      scanner.forget();
      if (keys.kind === 'texts') texts.add(key, keys.choices);
      else if (keys.kind === 'hash') addByHash(keys.hash, key);
      else (keys.kind === 'peer' ? byPeer : always).add(key);
    },
    remove(key) {
      const query = queries.get(key);
      if (!query) return;
      const keys = keysOf(query);
      queries.delete(key);
      scanner.forget();
      if (keys.kind === 'texts') texts.remove(key);
      else if (keys.kind === 'hash') forgetHash(keys.hash, key);
      else (keys.kind === 'peer' ? byPeer : always).delete(key);
    },
    percolate({ lines, form }, peer, wanted, found) {
      const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
      const everywhere = forAll(peer);
      const candidates = new Set<number>();
      const note = (key: number): void => {
        if (wanted(key)) candidates.add(key);
      };
      const shape = { begin: 0, nameAt: 0, pathEnd: 0, end: 0, isPlain: true };
      for (let at = 0; at < bytes.length; at = shape.end + 1) {
        const isAdded = form === 'files' || bytes[at] === PLUS;
        lookAtLine(bytes, form === 'files' ? at : at + 1, shape);
        if (!isAdded) continue;
        scanPath(bytes, shape, note);
        if (byHash.size > 0) scanHashes(bytes, shape, note);
        for (const key of everywhere) note(key);
        if (candidates.size === 0) continue;
        const entry = tryDecode(bytes, shape);
        if (entry) check(entry, peer, candidates, found);
        candidates.clear();
      }
    },
  };
}

/** Where the parts of a line are, and whether its path is printable ASCII without escapes: as it is compared, but for case. */
type LineShape = {
  begin: number;
  nameAt: number;
  pathEnd: number;
  end: number;
  isPlain: boolean;
};

const NOBODY: readonly number[] = [];

/** Fills `shape` for the line at `begin`: an object a line would be garbage by the million. */
function lookAtLine(bytes: Buffer, begin: number, shape: LineShape): void {
  const found = bytes.indexOf(LINE_FEED, begin);
  const end = found === -1 ? bytes.length : found;
  let nameAt = begin;
  let isPlain = true;
  let at = begin;
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BAR) break;
    if (byte === SLASH) nameAt = at + 1;
    else if (byte < SPACE || byte > TILDE || byte === PERCENT) isPlain = false;
  }
  shape.begin = begin;
  shape.nameAt = nameAt;
  shape.pathEnd = at;
  shape.end = end;
  shape.isPlain = isPlain;
}

function tryDecode(bytes: Buffer, { begin, end }: LineShape): Entry | undefined {
  try {
    return decodeFileLine(bytes.toString('utf8', begin, end));
  } catch {
    // Who publishes it is told by the catalog.
    return undefined;
  }
}
