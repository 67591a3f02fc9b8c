import { SwapmeetError } from '../../domain/errors.ts';
import { decodeFileList } from '../../protocol/codecs/file-list.ts';
import type { Database } from './database.ts';
import { createEntries } from './entries.ts';
import { createFolders } from './folders.ts';
import { splitPath } from './rows.ts';

/** The peers' lists of entries. What is called here runs within a transaction of the caller's. */
export type Lists = {
  /** Makes the peer's list what the file lines say, writing only what differs. @throws SwapmeetError `bad-line` */
  replace(peerKey: number, fileList: Uint8Array): void;
};

export function createLists(database: Database): Lists {
  const entries = createEntries(database);
  const folders = createFolders(database);
  const setTotals = database.prepare<[number, number, number]>(
    'UPDATE peer SET files = ?, size_bytes = ? WHERE key = ?',
  );

  return {
    replace: (peerKey, fileList) => {
      const folderKeyOf = folders.ofPeer(peerKey);
      const listed = new Set<number>();
      let sizeBytes = 0;
      for (const entry of decodeFileList(fileList)) {
        const { folder, name } = splitPath(entry.path);
        const key = entries.store(folderKeyOf(folder), name, entry);
        if (listed.has(key)) throw repeatedFilename(listed.size + 1);
        listed.add(key);
        // What is claimed may add up to more than a number holds.
        sizeBytes = Math.min(sizeBytes + entry.sizeBytes, Number.MAX_SAFE_INTEGER);
      }
      entries.removeOthers(peerKey, listed);
      folders.dropEmpty(peerKey);
      setTotals.run(listed.size, sizeBytes, peerKey);
    },
  };
}

function repeatedFilename(lineNumber: number): SwapmeetError {
  return new SwapmeetError('bad-line', `line ${lineNumber} of the file list: an earlier line has the same filename`);
}
