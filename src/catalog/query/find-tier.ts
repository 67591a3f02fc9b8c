import { createFoldedText } from '../../domain/folded-text.ts';
import { END, intersect, type IdStream } from '../segment/postings.ts';
import { extentOfList } from '../segment/segment.ts';
import type { NameFindings } from './entry-test.ts';
import { isSpent, type Hunt, type HuntedSegment, type Tier } from './hunt.ts';
import { commonRanges, rangesHave, sizeOfRanges, type Ranges } from './ranges.ts';

/** The names of one segment that may match, the shortest first. */
type NameStream = {
  readonly source: HuntedSegment;
  readonly ids: IdStream;
  /** UTF-16 units of the name that it stands at, and the first id of a longer one. */
  units: number;
  end: number;
  /** Takes the entries of the name that it stands at. */
  take(isExact: boolean): void;
};

/**
 * Finds what has the words of a tier in its name, in all segments the shortest names first. Where a tier asks nothing of names,
 * or folders and peers leave fewer entries than there are names, these are looked at in their order.
 */
export function findTier(hunt: Hunt, tier: Tier): void {
  const asksNames = tier.inName.length > 0 || hunt.plan.endings.length > 0;
  const streams: NameStream[] = [];
  for (const source of hunt.sources) {
    const { files } = source.live.segment;
    const namesMax = asksNames ? Math.min(files.count, ...tier.inName.map((word) => files.atMost(word))) : Infinity;
    if (namesMax === 0) continue;
    const within = withinOf(hunt, tier, source, namesMax);
    const entriesMax = asksNames
      ? Math.min(namesMax, isRankedByName(tier) ? hunt.purse.candidates : entriesLeft(hunt))
      : Infinity;
    if (within !== undefined && sizeOfRanges(within) <= entriesMax) takeRanges(hunt, tier, source, within);
    else streams.push(openStream(hunt, tier, source, within));
  }
  takeNames(hunt, tier, streams);
}

/** Entries that may be looked at yet. As long as more is wanted, nothing is left out. */
function entriesLeft({ purse: { entries, wanted } }: Hunt): number {
  return entries <= 0 && wanted > 0 ? Infinity : entries;
}

/** Whether a name may be all that was asked for. Such entries come first wherever they lie: none is left out for others in folders before it. */
function isRankedByName({ inName, inFolder }: Tier): boolean {
  return inName.length > 0 && inFolder.length === 0;
}

function namesOf({ plan }: Hunt, { inName }: Tier, { live }: HuntedSegment): IdStream {
  const { files } = live.segment;
  const endings = plan.endings.map((some) => files.mayEndIn(some));
  return intersect(inName.length > 0 ? [files.mayContain(inName), ...endings] : endings);
}

/**
 * The entries that peers leave, and those folders which are found more easily than names are looked through: no more of them than
 * there are names. Undefined where there is neither, and these names are to be looked at.
 */
function withinOf({ plan, check }: Hunt, { inFolder }: Tier, source: HuntedSegment, namesMax: number) {
  const isPeerAsked = plan.peers.some(({ excluded }) => !excluded);
  let common = isPeerAsked ? listsAsked(source) : undefined;
  for (const word of inFolder) {
    check();
    const matches = source.inFolders(word);
    if (matches.namesMax === 0) return new Uint32Array();
    if (common?.length === 0 || matches.namesMax > namesMax) continue;
    common = common === undefined ? matches.entries() : commonRanges(common, matches.entries());
  }
  return common ?? (namesMax === Infinity ? listsAsked(source) : undefined);
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

/** Takes the names of all streams, shorter ones before longer ones. */
function takeNames(hunt: Hunt, tier: Tier, streams: readonly NameStream[]): void {
  for (const stream of streams) settle(stream);
  for (;;) {
    const units = Math.min(...streams.map((stream) => stream.units));
    if (units === Infinity) return;
    const isExact = tier.inFolder.length === 0 && units <= hunt.plan.exactUnits && hunt.purse.exact > 0;
    for (const stream of streams) {
      if (stream.units !== units) continue;
      while (stream.ids.id < stream.end) {
        if (!isExact && isSpent(hunt)) {
          hunt.isBounded = true;
          return;
        }
        stream.take(isExact);
        stream.ids.next();
      }
      settle(stream);
    }
  }
}

function settle(stream: NameStream): void {
  const { files } = stream.source.live.segment;
  const { id } = stream.ids;
  stream.units = id === END ? Infinity : files.unitsOf(id);
  stream.end = id === END ? END : files.endOfUnits(stream.units);
}

/** The names of a segment that may match. What is done for each of thousands makes no garbage. */
function openStream(hunt: Hunt, tier: Tier, source: HuntedSegment, within: Ranges | undefined): NameStream {
  const { purse, check } = hunt;
  const { files } = source.live.segment;
  const ids = namesOf(hunt, tier, source);
  let isExact = false;
  let isRead = false;
  let lastFindings: NameFindings | undefined;

  function read(): NameFindings | undefined {
    if (!isRead) lastFindings = findingsOf(source, tier, ids.id);
    isRead = true;
    return lastFindings;
  }

  /** Takes an entry if it matches: in any case where its name is no longer than what is looked for. */
  function takeEntry(entry: number): void {
    if (isExact ? purse.exact <= 0 : isSpent(hunt)) {
      hunt.isBounded = true;
      return;
    }
    check();
    if (isExact) purse.exact -= 1;
    else purse.entries -= 1;
    if (within !== undefined && !rangesHave(within, entry)) return;
    const findings = read();
    if (findings === undefined || !source.test.entry(entry, findings.missing)) return;
    if (!isExact) purse.candidates -= 1;
    hunt.add(source, entry, findings);
  }

  return {
    source,
    ids,
    units: 0,
    end: 0,
    take: (exact) => {
      check();
      isExact = exact;
      isRead = false;
      if (!isExact) purse.names -= 1;
      // Most names lie nowhere within, and that is found out in less time than what they say.
      if (within === undefined && read() === undefined) return;
      files.eachPlace(ids.id, takeEntry);
    },
  };
}

function takeRanges(hunt: Hunt, tier: Tier, source: HuntedSegment, ranges: Ranges): void {
  const { entryNames } = source.live.segment;
  for (let at = 0; at < ranges.length; at += 2) {
    for (let entry = ranges[at] ?? 0; entry < (ranges[at + 1] ?? 0); entry += 1) {
      if (isSpent(hunt)) {
        hunt.isBounded = true;
        return;
      }
      hunt.check();
      hunt.purse.entries -= 1;
      const findings = findingsOf(source, tier, entryNames[entry] ?? 0);
      if (findings === undefined || !source.test.entry(entry, findings.missing)) continue;
      hunt.purse.candidates -= 1;
      hunt.add(source, entry, findings);
    }
  }
}

/** The name that is looked at, one at a time. */
const folded = createFoldedText();

/** What a name says, where it has the tier’s words and none of the others. */
function findingsOf({ live, test }: HuntedSegment, { inName, inFolder }: Tier, name: number): NameFindings | undefined {
  const { names } = live.segment.files;
  names.find(name);
  folded.read(names.window, names.at, names.end);
  for (const word of inName) if (!folded.has(word)) return undefined;
  for (const word of inFolder) if (folded.has(word)) return undefined;
  return test.name(folded);
}
