import type { PeerView } from '../../domain/match.ts';
import { compareText } from '../../domain/text-order.ts';
import type { HolderScope } from '../../protocol/codecs/find.ts';
import { FIND_HOLDERS_MAX } from '../../protocol/limits.ts';
import { BAR, LINE_FEED, SLASH, type PayloadWriter } from '../../protocol/payload-writer.ts';
import { joinFields } from '../../protocol/text.ts';
import { hasRootAt, ROOT_END, SHA1_END, sizeBytesAt } from '../segment/content-record.ts';
import { pathOfEntry, visitPathOfEntry } from '../segment/segment.ts';
import type { Asked } from './answer.ts';
import type { ContentHolder, EntryRef, Holders } from './holders.ts';
import { liveOf } from './index-state.ts';
import type { Hit } from './ranked-candidates.ts';
import type { RecentRecords } from './recent-records.ts';
import { smallest } from './smallest.ts';

/** A peer that holds a content, with its names. */
type ListedHolder = { readonly held: ContentHolder; readonly view: PeerView };

const ENDING = { online: Buffer.from('|online', 'latin1'), offline: Buffer.from('|offline', 'latin1') };

/**
 * Writes the rows of FIND as they travel, from the bytes of segments: no text is made of them. `encodeContent` of
 * `protocol/codecs/find.ts` says what they look like. [PROTOCOL §6.3]
 */
export function createContentRows(
  { state }: Pick<Asked, 'state'>,
  asked: {
    readonly out: PayloadWriter;
    readonly holders: Holders;
    readonly records: RecentRecords;
    readonly scope: HolderScope;
    /** Whether whoever asks may know of a peer that it is a source. */
    readonly isVisible: (peer: number) => boolean;
  },
): { readonly write: (hit: Hit) => void } {
  const { out, holders, records, scope, isVisible } = asked;
  const putName = (bytes: Uint8Array, from: number, to: number, isLast: boolean): void => {
    out.field(bytes, from, to);
    if (!isLast) out.sign(SLASH);
  };

  function isSeen({ held: { peer, isSource } }: ListedHolder): boolean {
    return !isSource || isVisible(peer);
  }

  function putPath({ segment, entry }: EntryRef): void {
    visitPathOfEntry(liveOf(state, segment).segment, entry, putName);
  }

  function putContent({ segment, entry }: EntryRef): void {
    const at = records.find(liveOf(state, segment).segment, entry);
    const { bytes } = records;
    out.sign(BAR);
    out.megabytes(sizeBytesAt(bytes, at));
    out.sign(BAR);
    out.hex(bytes, at, at + SHA1_END);
    out.sign(BAR);
    if (hasRootAt(bytes, at)) out.hex(bytes, at + SHA1_END, at + ROOT_END);
  }

  function putCount(count: number): void {
    out.sign(BAR);
    out.integer(count);
  }

  /** How many hold it, and those that a row tells of: sources before others, then in order of username. */
  function listedOf({ content, ref }: Hit): { readonly count: number; readonly told: readonly ListedHolder[] } {
    const held = holders.holdersOf(content, ref);
    const asked = scope === 'all' ? held : held.filter(({ isSource }) => isSource);
    const listed = asked.map((one): ListedHolder => ({ held: one, view: state.viewPeer(one.peer) }));
    return { count: listed.length, told: firstOf(listed) };
  }

  /** @param row the row’s own entry, whose path was written in [from, to) */
  function putHolder(
    { held: { entries, isSource }, view }: ListedHolder,
    row: EntryRef,
    from: number,
    to: number,
  ): void {
    out.sign(LINE_FEED);
    out.raw(nameBytes(view));
    out.sign(BAR);
    const first = entries.length === 1 ? (entries[0] ?? NOWHERE) : firstByPath(entries);
    // Most contents have one holder, with one entry.
    if (first.entry === row.entry && first.segment === row.segment) out.again(from, to);
    else putPath(first);
    out.raw(isSource ? ENDING.online : ENDING.offline);
  }

  /** The first of the paths under which a peer holds a content. */
  function firstByPath(entries: readonly EntryRef[]): EntryRef {
    const [first] = entries
      .map((ref) => ({ ref, path: pathOfEntry(liveOf(state, ref.segment).segment, ref.entry) }))
      .sort((a, b) => compareText(a.path, b.path));
    return first?.ref ?? NOWHERE;
  }

  return {
    write: (hit) => {
      const { ref, sourceCount } = hit;
      const { count, told } = listedOf(hit);
      const seen = told.every(isSeen) ? told : told.filter(isSeen);
      // Of those that are not told of, nobody knows where they are.
      const sourcesSeen = sourceCount - (told.length - seen.length);
      if (scope === 'online' && sourcesSeen <= 0) return;
      const from = out.length();
      putPath(ref);
      const to = out.length();
      putContent(ref);
      putCount(sourcesSeen);
      putCount(seen.length);
      putCount(scope === 'online' ? sourcesSeen : count);
      for (const holder of seen) putHolder(holder, ref, from, to);
      out.sign(LINE_FEED);
    },
  };
}

/** Of many only the first are put in order. */
function firstOf(listed: ListedHolder[]): readonly ListedHolder[] {
  if (listed.length <= FIND_HOLDERS_MAX) return listed.length > 1 ? listed.sort(compareHolders) : listed;
  const first = smallest(listed.keys(), FIND_HOLDERS_MAX, (a, b) => {
    const [one, other] = [listed[a], listed[b]];
    return one === undefined || other === undefined ? 0 : compareHolders(one, other) || a - b;
  });
  return first.flatMap((at) => listed[at] ?? []);
}

function compareHolders(a: ListedHolder, b: ListedHolder): number {
  return Number(b.held.isSource) - Number(a.held.isSource) || compareText(a.view.username, b.view.username);
}

/** No content is without a holder, and no holder without an entry. */
const NOWHERE: EntryRef = { segment: -1, entry: 0 };

const names = new WeakMap<PeerView, Buffer>();

/** A peer’s id and username, as they begin the line of a holder: a peer has many of them. */
function nameBytes(view: PeerView): Buffer {
  const known = names.get(view);
  if (known !== undefined) return known;
  const made = Buffer.from(joinFields([view.id, view.username]), 'utf8');
  names.set(view, made);
  return made;
}
