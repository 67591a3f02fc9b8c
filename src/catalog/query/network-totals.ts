import type { NetworkTotals } from '../../protocol/codecs/network.ts';
import type { Checkpoint } from '../query-pass.ts';
import { createBits, hasBit, nextUnset, setBit } from '../segment/bits.ts';
import { CONTENT_BYTES } from '../segment/content-record.ts';
import { extentOfList } from '../segment/segment.ts';
import { peerOf, type IndexState, type LiveSegment } from './index-state.ts';
import { AFTER_PRINTS, groupsByPrint, type PrintCursor } from './print-groups.ts';

export type ContentTotals = Pick<NetworkTotals, 'contents' | 'contentsAtRisk'>;

/** A content as one segment has it: its first living entry, and whether another peer has a living one too. */
type Held = { readonly live: LiveSegment; readonly entry: number; readonly hasSeveral: boolean };

/** What stands for the peer of a content that several have. */
const SEVERAL = -1;

/**
 * Counts the contents of all living entries, and those that only one peer holds. It looks at every entry, but only at the records of contents
 * whose SHA-1 begins as that of another one does, or that several segments have.
 */
export function countContents(state: IndexState, check: Checkpoint): ContentTotals {
  let [contents, contentsAtRisk] = [0, 0];
  const add = (isAtRisk: boolean): void => {
    contents += 1;
    if (isAtRisk) contentsAtRisk += 1;
  };
  for (const alike of groupsByPrint(state.segments.map((live) => livingContents(state, live, check)))) {
    const [held] = alike;
    if (held !== undefined && alike.length === 1) add(!held.hasSeveral);
    else for (const peer of peersByContent(alike, check)) add(peer !== SEVERAL);
  }
  return { contents, contentsAtRisk };
}

/** The contents of a segment that have living entries. */
function livingContents(state: IndexState, live: LiveSegment, check: Checkpoint): PrintCursor<Held> {
  const { prints, entries, contents } = live.segment.bySha1;
  const living = findLiving(state, live);
  let place = 0;

  /** Goes on past the last entry of the content that begins here. */
  function takeContent(print: number): Held | undefined {
    const first = place;
    let entry = -1;
    let hasSeveral = false;
    // Most prints have one entry: looking at the next print spares a look far away.
    for (; prints[place] === print && (place === first || contents[entries[place] ?? 0] === first); place += 1) {
      const other = entries[place] ?? 0;
      if (hasSeveral || !hasBit(living, other)) continue;
      if (entry === -1) entry = other;
      else hasSeveral = peerOf(live, other) !== peerOf(live, entry);
    }
    return entry === -1 ? undefined : { live, entry, hasSeveral };
  }

  const cursor = {
    print: 0,
    item: { live, entry: 0, hasSeveral: false },
    next: () => {
      while (place < entries.length) {
        check();
        cursor.print = prints[place] ?? 0;
        const held = takeContent(cursor.print);
        if (held === undefined) continue;
        cursor.item = held;
        return;
      }
      cursor.print = AFTER_PRINTS;
    },
  };
  cursor.next();
  return cursor;
}

/** A bit for each entry of a segment that is alive. */
function findLiving(state: IndexState, { segment, dead }: LiveSegment): Uint32Array {
  const living = createBits(segment.entryCount);
  for (let list = 0; list < segment.listCount; list += 1) {
    if (!state.isCurrent(segment.listPeers[list] ?? 0, segment.listNumbers[list] ?? 0)) continue;
    const { entry: first, entriesEnd: end } = extentOfList(segment, list);
    for (let entry = nextUnset(dead, first, end); entry < end; entry = nextUnset(dead, entry + 1, end)) {
      setBit(living, entry);
    }
  }
  return living;
}

/** For each content among them the one peer that holds it, or `SEVERAL`. */
function peersByContent(alike: readonly Held[], check: Checkpoint): Iterable<number> {
  const peers = new Map<string, number>();
  for (const { live, entry, hasSeveral } of alike) {
    check();
    const record = recordOf(live, entry);
    const peer = hasSeveral ? SEVERAL : peerOf(live, entry);
    peers.set(record, (peers.get(record) ?? peer) === peer ? peer : SEVERAL);
  }
  return peers.values();
}

function recordOf({ segment: { contents } }: LiveSegment, entry: number): string {
  const at = contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
  return Buffer.from(contents.window.buffer, contents.window.byteOffset + at, CONTENT_BYTES).toString('latin1');
}
