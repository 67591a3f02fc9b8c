import type { Entry } from '../../domain/entry.ts';
import { fold } from '../../domain/fold.ts';
import { isPeerNamed, matches, viewEntry, type PeerView } from '../../domain/match.ts';
import { requiredOf, type Query } from '../../domain/query.ts';
import { baseName } from '../../domain/share-path.ts';
import { createPathScanner } from '../../domain/standing/path-scanner.ts';
import { keysOf } from '../../domain/standing/query-keys.ts';
import { createTextIndex } from '../../domain/standing/text-index.ts';
import { decodeFileLine } from '../../protocol/codecs/file-list.ts';
import { createPlainFileLine, entryOfPlainLine } from '../../protocol/codecs/plain-file-line.ts';

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
   * @param found is told of a match once
   */
  percolate({ lines, form }: PercolatedList, peer: PeerView, found: (key: number, entry: Entry) => void): void;
};

/** A query that stands. */
type Standing = {
  readonly key: number;
  readonly query: Query;
  /** The line, by its number, that it was found for last. */
  foundFor: number;
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
  const all = new Map<number, Standing>();
  const texts = createTextIndex<Standing>();
  const scanner = createPathScanner(texts);
  const byHash = new Map<string, Set<Standing>>();
  /** Those that ask for a publisher, and those that ask for nothing by which they could be found. */
  const byPeer = new Set<Standing>();
  const always = new Set<Standing>();
  const plainLine = createPlainFileLine();
  let lineNumber = 0;

  function addByHash(hash: string, standing: Standing): void {
    const found = byHash.get(hash) ?? new Set();
    byHash.set(hash, found.add(standing));
  }

  function forgetHash(hash: string, standing: Standing): void {
    const found = byHash.get(hash);
    found?.delete(standing);
    if (found?.size === 0) byHash.delete(hash);
  }

  /** The queries that every entry of this publisher has to be checked for. */
  function forAll(peer: PeerView): Standing[] {
    const named = [...byPeer].filter(({ query }) =>
      requiredOf(query, 'peer').every((predicate) => isPeerNamed(predicate, peer)),
    );
    return [...always, ...named];
  }

  /** Tells of the queries that are kept under a hash which stands in the line. */
  function scanHashes(bytes: Buffer, { pathEnd, end }: LineShape, found: (standing: Standing) => void): void {
    const sha1At = bytes.indexOf(BAR, pathEnd + 1) + 1;
    if (sha1At === 0 || sha1At > end) return;
    const rootAt = sha1At + SHA1_DIGITS + 1;
    const sha1 = bytes.toString('latin1', sha1At, Math.min(end, rootAt - 1));
    for (const standing of byHash.get(sha1) ?? NONE) found(standing);
    const rootEnd = Math.min(end, rootAt + ROOT_DIGITS);
    if (rootAt >= rootEnd) return;
    for (const standing of byHash.get(bytes.toString('latin1', rootAt, rootEnd)) ?? NONE) found(standing);
  }

  function scanPath(bytes: Buffer, shape: LineShape, found: (standing: Standing) => void): void {
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

  function tryDecode(bytes: Buffer, { begin, end }: LineShape): Entry | undefined {
    if (plainLine.read(bytes, begin, end)) return entryOfPlainLine(bytes, begin, plainLine);
    try {
      return decodeFileLine(bytes.toString('utf8', begin, end));
    } catch {
      // Who publishes it is told by the catalog.
      return undefined;
    }
  }

  return {
    add(key, query) {
      const standing: Standing = { key, query, foundFor: 0 };
      const keys = keysOf(query);
      all.set(key, standing);
      scanner.forget();
      if (keys.kind === 'texts') texts.add(standing, keys.choices);
      else if (keys.kind === 'hash') addByHash(keys.hash, standing);
      else (keys.kind === 'peer' ? byPeer : always).add(standing);
    },
    remove(key) {
      const standing = all.get(key);
      if (!standing) return;
      const keys = keysOf(standing.query);
      all.delete(key);
      scanner.forget();
      if (keys.kind === 'texts') texts.remove(standing);
      else if (keys.kind === 'hash') forgetHash(keys.hash, standing);
      else (keys.kind === 'peer' ? byPeer : always).delete(standing);
    },
    percolate({ lines, form }, peer, found) {
      const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
      const everywhere = forAll(peer);
      const candidates: Standing[] = [];
      const note = (standing: Standing): void => {
        if (standing.foundFor === lineNumber) return;
        standing.foundFor = lineNumber;
        candidates.push(standing);
      };
      const shape = { begin: 0, nameAt: 0, pathEnd: 0, end: 0, isPlain: true };
      for (let at = 0; at < bytes.length; at = shape.end + 1) {
        const isAdded = form === 'files' || bytes[at] === PLUS;
        lookAtLine(bytes, form === 'files' ? at : at + 1, shape);
        if (!isAdded) continue;
        lineNumber += 1;
        scanPath(bytes, shape, note);
        if (byHash.size > 0) scanHashes(bytes, shape, note);
        for (const standing of everywhere) note(standing);
        if (candidates.length === 0) continue;
        const entry = tryDecode(bytes, shape);
        const view = entry && viewEntry(entry, peer);
        for (const { key, query } of candidates) if (view && matches(query, view)) found(key, view.entry);
        candidates.length = 0;
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

const NONE: readonly Standing[] = [];

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
