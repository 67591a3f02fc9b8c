import { fold } from '../../domain/fold.ts';
import { END, intersect, type IdStream } from '../segment/postings.ts';
import { extentOfList, nameOfEntry } from '../segment/segment.ts';
import type { NameFindings } from './entry-test.ts';
import { isSpent, type Hunt, type HuntedSegment, type Tier } from './hunt.ts';
import { commonRanges, rangesHave, sizeOfRanges, type Ranges } from './ranges.ts';

/** The names of one segment that may match, the shortest first. */
type NameStream = { readonly source: HuntedSegment; readonly ids: IdStream; readonly within: Ranges | undefined };

/** Entries that are so few that reading the name of each takes less time than looking for names. */
const FEW_ENTRIES = 2_000;

/**
 * Finds what has the words of a tier in its name, in all segments the shortest names first. Where a tier asks nothing of names,
 * or folders and peers leave few entries, these are looked at in their order.
 */
export function findTier(hunt: Hunt, tier: Tier): void {
  const asksNames = tier.inName.length > 0 || hunt.plan.endings.length > 0;
  const streams: NameStream[] = [];
  for (const source of hunt.sources) {
    const within = withinOf(hunt, tier, source);
    if (within?.length === 0) continue;
    if (!asksNames) takeRanges(hunt, tier, source, within ?? Uint32Array.of(0, source.live.segment.entryCount));
    else if (within !== undefined && sizeOfRanges(within) <= FEW_ENTRIES) takeRanges(hunt, tier, source, within);
    else streams.push({ source, within, ids: namesOf(hunt, tier, source) });
  }
  for (let next = shortest(streams); next !== undefined && !isSpent(hunt); next = shortest(streams)) {
    takeName(hunt, tier, next);
    next.ids.next();
  }
}

function namesOf({ plan }: Hunt, { inName }: Tier, { live }: HuntedSegment): IdStream {
  const { files } = live.segment;
  const endings = plan.endings.map((some) => files.mayEndIn(some));
  return intersect(inName.length > 0 ? [files.mayContain(inName), ...endings] : endings);
}

/** The entries that folders and peers leave; undefined where these say nothing. */
function withinOf({ plan, check }: Hunt, { inFolder }: Tier, source: HuntedSegment): Ranges | undefined {
  let common = plan.peers.some(({ excluded }) => !excluded) ? listsAsked(source) : undefined;
  for (const word of inFolder) {
    check();
    if (common?.length === 0) break;
    const { entries } = source.inFolders(word);
    common = common === undefined ? entries : commonRanges(common, entries);
  }
  return common;
}

function listsAsked({ live: { segment }, test }: HuntedSegment): Ranges {
  const ranges: number[] = [];
  for (let list = 0; list < segment.listCount; list += 1) {
    if (!test.list(list)) continue;
    const { entry, entriesEnd } = extentOfList(segment, list);
    if (entriesEnd > entry) ranges.push(entry, entriesEnd);
  }
  return Uint32Array.from(ranges);
}

function shortest(streams: readonly NameStream[]): NameStream | undefined {
  let [first, firstUnits]: [NameStream | undefined, number] = [undefined, Infinity];
  for (const stream of streams) {
    if (stream.ids.id === END) continue;
    const units = stream.source.live.segment.files.unitsOf(stream.ids.id);
    if (units < firstUnits) [first, firstUnits] = [stream, units];
  }
  return first;
}

/** Takes all entries of a name that match. */
function takeName(hunt: Hunt, tier: Tier, { source, ids, within }: NameStream): void {
  const { files } = source.live.segment;
  hunt.check();
  hunt.purse.names -= 1;
  const findings = findingsOf(source, tier, files.textOf(ids.id));
  if (findings === undefined) return;
  files.eachPlace(ids.id, (entry) => {
    hunt.check();
    hunt.purse.entries -= 1;
    if (within !== undefined && !rangesHave(within, entry)) return;
    if (source.test.entry(entry, findings.missing)) hunt.add(source, entry, findings);
  });
}

function takeRanges(hunt: Hunt, tier: Tier, source: HuntedSegment, ranges: Ranges): void {
  const { segment } = source.live;
  const known = tier.inName.length === 0 ? source.test.nameWithoutWords : undefined;
  for (let at = 0; at < ranges.length; at += 2) {
    for (let entry = ranges[at] ?? 0; entry < (ranges[at + 1] ?? 0); entry += 1) {
      if (isSpent(hunt)) return;
      hunt.check();
      hunt.purse.entries -= 1;
      if (source.taken.has(entry)) continue;
      const findings = known ?? findingsOf(source, tier, nameOfEntry(segment, entry));
      if (findings !== undefined && source.test.entry(entry, findings.missing)) hunt.add(source, entry, findings);
    }
  }
}

/** What a name says, where it has the tier’s words. */
function findingsOf({ test }: HuntedSegment, { inName }: Tier, name: string): NameFindings | undefined {
  const folded = fold(name);
  return inName.every((word) => folded.includes(word)) ? test.name(folded) : undefined;
}
