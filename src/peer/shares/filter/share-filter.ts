import ignore from 'ignore';
import type { Place } from '../place.ts';
import type { ShareDefinition } from '../share-definitions.ts';
import { DEFAULT_PATTERNS } from './default-patterns.ts';
import { readFolderRules } from './folder-rules.ts';
import { escapePattern, rulesOf, rulesOfPerson, type Rules, type SharePatterns } from './patterns.ts';

/** Whether a file or folder, by its published path, is left out: itself, or with a folder that it lies in. */
export type IsExcluded = (path: string, kind: 'file' | 'folder') => boolean;

/** What one share leaves out. Of all patterns that match the last decides: default ones, those of folders from the share's down, a person's. */
export type ShareFilter = {
  /** Reads the patterns that a folder has of its own. @throws SwapmeetError `bad-argument`, `disk-error` where they can't be used */
  readonly read: (folder: Place) => Promise<void>;
  /** What is excluded of what lies in a folder, by the patterns that were read last. For a short use: it keeps every answer. */
  readonly within: (folder: string) => IsExcluded;
};

const DEFAULT_RULES = rulesOf(DEFAULT_PATTERNS);

/** @throws SwapmeetError `bad-argument` where a pattern can't be used */
export function createShareFilter({ label }: ShareDefinition, patterns: SharePatterns): ShareFilter {
  /** By the folder's path; few folders have any. */
  const ofFolders = new Map<string, Rules>();
  const ofPerson = rulesOfPerson(patterns);
  // Whatever it is called, a share is wanted.
  const ofShare = rulesOf([`!/${escapePattern(label)}`]);

  return {
    async read(folder) {
      ofFolders.delete(folder.path);
      const rules = await readFolderRules(folder);
      if (rules) ofFolders.set(folder.path, rules);
    },
    within(folder) {
      const rules = ignore().add(DEFAULT_RULES);
      for (const way of ofFolders.size === 0 ? [] : wayTo(folder)) {
        const own = ofFolders.get(way);
        if (own) rules.add(own);
      }
      rules.add(ofPerson).add(ofShare);
      return (path, kind) => rules.ignores(kind === 'folder' ? `${path}/` : path);
    },
  };
}

/** The folder and those that it lies in, from the share's own down. */
function* wayTo(folder: string): Generator<string> {
  for (let slash = folder.indexOf('/'); slash !== -1; slash = folder.indexOf('/', slash + 1)) {
    yield folder.slice(0, slash);
  }
  yield folder;
}
