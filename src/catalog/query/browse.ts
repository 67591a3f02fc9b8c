import type { Entry } from '../../domain/entry.ts';
import { filesReply } from '../../protocol/codecs/listing.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { takePage } from '../paging.ts';
import type { Checkpoint } from '../query-pass.ts';
import { contentOfEntry } from '../segment/segment.ts';
import { findInList } from './find-entry.ts';
import type { IndexState } from './index-state.ts';
import { partsOfFolder } from './list-parts.ts';
import { walkBelow, type WalkedEntry } from './tree-walk.ts';

/**
 * BROWSE_PEER: a peer’s entries in order of the tree: a folder’s files by name, then its folders by name, each with all below it.
 * With a `path`, the entry that has it, and then those of that folder and all below it. Cursors are paths. [PROTOCOL §6.2]
 */
export function browse(
  state: IndexState,
  peer: number,
  path: string | undefined,
  page: PageRequest,
  check: Checkpoint,
): Page<Entry> {
  const after = page.after ?? '';
  const found = path === undefined ? walkList(state, peer, after, check) : walkPath(state, peer, path, after, check);
  return takePage(
    found,
    page,
    filesReply,
    ({ live, entry, path: at }) => ({ path: at, ...contentOfEntry(live.segment, entry) }),
    (walked) => walked.path,
  );
}

function walkList(state: IndexState, peer: number, after: string, check: Checkpoint): Iterable<WalkedEntry> {
  return walkBelow(partsOfFolder(state, peer, ''), '', check, namesOf(after));
}

function* walkPath(
  state: IndexState,
  peer: number,
  path: string,
  after: string,
  check: Checkpoint,
): Generator<WalkedEntry> {
  const ref = after === '' ? findInList(state, peer, path) : undefined;
  const live = state.segments[ref?.segment ?? -1];
  if (ref !== undefined && live !== undefined) yield { live, entry: ref.entry, path };
  const top = `${path}/`;
  yield* walkBelow(
    partsOfFolder(state, peer, path),
    path,
    check,
    namesOf(after.startsWith(top) ? after.slice(top.length) : ''),
  );
}

function namesOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('/');
}
