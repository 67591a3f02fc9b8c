import type { NetworkTotals } from '../../protocol/codecs/network.ts';
import type { Checkpoint } from '../query-pass.ts';
import { createBits, hasBit, nextUnset, setBit } from '../segment/bits.ts';
import { CONTENT_BYTES } from '../segment/content-record.ts';
import { orderOf } from '../segment/order.ts';
import { extentOfList } from '../segment/segment.ts';
import { peerOf, type IndexState, type LiveSegment } from './index-state.ts';
import { AFTER_PRINTS, groupsByPrint, type PrintCursor } from './print-groups.ts';

export type ContentTotals = Pick<NetworkTotals, 'contents' | 'contentsAtRisk'>;

/** A content as one segment has it: its first living entry, and whether another peer has a living one too. */
type Held = { readonly live: LiveSegment; readonly entry: number; readonly hasSeveral: boolean };

/** What stands for the peer of a content that several have. */
const SEVERAL = -1;

/** Records that are read at once: so many that most of what is read of a segment is needed, and take some tens of MiB. */
const READ_AT_ONCE = 2 ** 18;

/**
 * Counts the contents of all living entries, and those that only one peer holds. It looks at every entry, but only at the records of contents
 * whose SHA-1 begins as that of another one does, or that several segments have.
 */
export function countContents(state: IndexState, check: Checkpoint, readAtOnce = READ_AT_ONCE): ContentTotals {
  let [contents, contentsAtRisk] = [0, 0];
  const add = (isAtRisk: boolean): void => {
    contents += 1;
    if (isAtRisk) contentsAtRisk += 1;
  };
  const unclear: (readonly Held[])[] = [];
  let unclearCount = 0;
  const clear = (): void => {
    for (const peer of peersByContent(unclear, check)) add(peer !== SEVERAL);
    unclear.length = 0;
    unclearCount = 0;
  };
  for (const alike of groupsByPrint(state.segments.map((live) => livingContents(state, live, check)))) {
    const [held] = alike;
    if (held !== undefined && alike.length === 1) {
      add(!held.hasSeveral);
      continue;
    }
    unclear.push(alike);
    unclearCount += alike.length;
    if (unclearCount >= readAtOnce) clear();
  }
  clear();
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

/** For each content the one peer that holds it, or `SEVERAL`. Those of one group may be one content. */
function* peersByContent(groups: readonly (readonly Held[])[], check: Checkpoint): Generator<number> {
  const records = readRecords(groups.flat(), check);
  let at = 0;
  for (const group of groups) {
    const peers = new Map<string, number>();
    for (const { live, entry, hasSeveral } of group) {
      const record = records[at++] ?? '';
      const peer = hasSeveral ? SEVERAL : peerOf(live, entry);
      peers.set(record, (peers.get(record) ?? peer) === peer ? peer : SEVERAL);
    }
    yield* peers.values();
  }
}

/** The records of contents. In the order in which they lie, many are read at once. */
function readRecords(held: readonly Held[], check: Checkpoint): readonly string[] {
  const records = held.map(() => '');
  for (const [live, places] of Map.groupBy(held.keys(), (at) => held[at]?.live)) {
    if (live === undefined) continue;
    const entries = Uint32Array.from(places, (at) => held[at]?.entry ?? 0);
    for (const place of orderOf(entries)) {
      check();
      records[places[place] ?? 0] = recordOf(live, entries[place] ?? 0);
    }
  }
  return records;
}

function recordOf({ segment: { contents } }: LiveSegment, entry: number): string {
  const at = contents.seek(entry * CONTENT_BYTES, CONTENT_BYTES);
  return contents.window.toString('latin1', at, at + CONTENT_BYTES);
}
