import { setImmediate as breathe } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import type { SharePatterns } from './filter/patterns.ts';
import { createShareFilter, type IsExcluded } from './filter/share-filter.ts';
import type { ShareDefinition } from './share-definitions.ts';
import { createFoundFiles, fileRange, rangeBelow } from './store/found-files.ts';
import { createKeptPatterns } from './store/kept-patterns.ts';
import { createRetiredFiles } from './store/retired-files.ts';
import { createSharedFiles } from './store/shared-files.ts';

/** After so many files that are looked at, the event loop gets its turn. */
const FILES_PER_BREATH = 500;

/**
 * Takes out, before anything is published, the files that are known from the last run and are not to be shared any more: those of
 * shares that are no more or lie elsewhere now, and those that a person excludes now. Their hashes are kept.
 *
 * @throws SwapmeetError `bad-argument` where a pattern can't be used
 */
export async function retire(
  database: Database.Database,
  shares: readonly ShareDefinition[],
  patterns: SharePatterns,
): Promise<void> {
  const found = createFoundFiles(database);
  const retired = createRetiredFiles(database);
  for (const label of retired.misplacedLabels(shares)) {
    while (found.markMissing(rangeBelow(label), found.lastId(), Date.now()).isMore) await breathe();
  }
  retired.setShares(shares);
  const kept = createKeptPatterns(database);
  if (kept.isSame(patterns)) return;
  for (const share of shares) await exclude(database, share, patterns);
  kept.keep(patterns);
}

/** What folders have of patterns of their own decides when they are walked. */
async function exclude(database: Database.Database, share: ShareDefinition, patterns: SharePatterns): Promise<void> {
  const found = createFoundFiles(database);
  const filter = createShareFilter(share, patterns);
  let folder = '';
  let isExcluded: IsExcluded = () => false;
  let files = 0;
  for (const { path } of createSharedFiles(database).entries(`${share.label}/`)) {
    if (!path.startsWith(`${share.label}/`)) break;
    const itsFolder = path.slice(0, path.lastIndexOf('/'));
    if (itsFolder !== folder) isExcluded = filter.within(itsFolder);
    folder = itsFolder;
    if (isExcluded(path, 'file')) found.markMissing(fileRange(path), found.lastId(), Date.now());
    files += 1;
    if (files % FILES_PER_BREATH === 0) await breathe();
  }
}
