import { contentKey } from '../../domain/content.ts';
import { compareText } from '../../domain/text-order.ts';
import { sourcesReply, type Source } from '../../protocol/codecs/search.ts';
import { SOURCES_MAX } from '../../protocol/limits.ts';
import { takePage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import { printOfHex } from '../segment/content-record.ts';
import { mayHavePrint } from '../segment/print-filter.ts';
import { firstAtLeast } from '../segment/name-table.ts';
import {
  contentOfEntry,
  contentsWithPrint,
  endOfContent,
  extentOfList,
  listOfEntry,
  pathOfEntry,
} from '../segment/segment.ts';
import { isAlive, peerOf, type IndexState } from './index-state.ts';

export type SourcesOptions = {
  /** Where a peer that is online can be dialled, if anywhere, and its key. */
  readonly whereaboutsOf: (peer: number) => Pick<Source, 'address' | 'port' | 'key'>;
  readonly check: Checkpoint;
};

/** Entries with one content that are looked at, of one peer, for the first of their paths. */
const PATHS_COMPARED_MAX = 64;

/** A source of one content while the first of its paths is sought. */
type Found = { source: Source; paths: number };

/**
 * SOURCES: peers that can be fetched from and hold a content of the SHA-1 (of one root, if given), in order of username: at most
 * `SOURCES_MAX`, and as many as a reply holds. A source of several contents under the SHA-1 comes once for each. [PROTOCOL §6.3]
 */
export function sources(
  state: IndexState,
  sha1: string,
  root: string | undefined,
  nowMs: number,
  { whereaboutsOf, check }: SourcesOptions,
): readonly Source[] {
  const found = new Map<string, Found>();
  for (const { live, entries, content } of heldInLists(state, sha1, root, check)) {
    check();
    const peer = peerOf(live, entries[0] ?? 0);
    if (!state.isReachable(peer, nowMs)) continue;
    const key = `${peer} ${contentKey(content)}`;
    for (const entry of entries) {
      check();
      const known = found.get(key);
      if (known !== undefined && known.paths >= PATHS_COMPARED_MAX) break;
      if (!isAlive(state, live, entry)) continue;
      const { username, id } = state.viewPeer(peer);
      const path = pathOfEntry(live.segment, entry);
      const source = { path, ...content, id, username, ...whereaboutsOf(peer) };
      found.set(key, known === undefined ? { source, paths: 1 } : withFirstPath(known, source));
    }
  }
  const inOrder = Array.from(found.values(), ({ source }) => source).sort(compareSources);
  return takePage(
    inOrder,
    { limit: SOURCES_MAX },
    sourcesReply,
    (source) => source,
    ({ username }) => username,
  ).rows;
}

/**
 * All entries, living or not, that hold a content of the SHA-1, together those of one list: somebody may share a million files that are
 * all the same. A segment's record of a content is read once.
 */
function* heldInLists(state: IndexState, sha1: string, root: string | undefined, check: Checkpoint) {
  const print = printOfHex(sha1);
  for (const live of state.segments) {
    const { segment } = live;
    if (!mayHavePrint(segment.sha1Filter, print)) continue;
    const inOrder = segment.bySha1.entries;
    for (const first of contentsWithPrint(segment, print)) {
      // Anybody can make up a million SHA-1s that begin alike.
      check();
      const content = contentOfEntry(segment, inOrder[first] ?? 0);
      if (content.sha1 !== sha1 || (root !== undefined && content.root !== root)) continue;
      // Ascending, so that those of a list follow each other.
      const all = inOrder.subarray(first, endOfContent(segment, first));
      for (let from = 0; from < all.length;) {
        const { entriesEnd } = extentOfList(segment, listOfEntry(segment, all[from] ?? 0));
        const end = firstAtLeast(all, entriesEnd);
        yield { live, entries: all.subarray(from, end), content };
        from = end;
      }
    }
  }
}

function withFirstPath({ source, paths }: Found, other: Source): Found {
  return { source: compareText(other.path, source.path) < 0 ? other : source, paths: paths + 1 };
}

function compareSources(a: Source, b: Source): number {
  return compareText(a.username, b.username) || compareText(a.root ?? '', b.root ?? '') || a.sizeBytes - b.sizeBytes;
}
