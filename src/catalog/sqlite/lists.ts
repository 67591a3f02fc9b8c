import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { decodeFileList } from '../../protocol/codecs/file-list.ts';
import type { Database } from './database.ts';
import { createEntries } from './entries.ts';
import { createFolders } from './folders.ts';
import { createListRecord } from './list-record.ts';
import { createListUploads } from './list-uploads.ts';
import { splitPath } from './rows.ts';

/**
 * The peers' lists of entries. What is called here runs within a transaction of the caller's. A list that was being sent in
 * parts is dropped.
 */
export type Lists = {
  /** Makes the peer's list what the file lines say, writing only what differs. @throws SwapmeetError `bad-line` */
  replace(peerKey: number, fileList: Uint8Array): void;
  /** The same of many; of the lines with one filename the last one counts. Returns the new revision. */
  replaceByParts(peerKey: number, fileLists: Iterable<Uint8Array>): string;
};

export function createLists(database: Database): Lists {
  const entries = createEntries(database);
  const folders = createFolders(database);
  const record = createListRecord(database);
  const uploads = createListUploads(database);

  /** Makes the peer's list of the entries. `onListed` is told each one's key and what came before. */
  function store(
    peerKey: number,
    list: Iterable<Entry>,
    onListed: (key: number, listed: ReadonlySet<number>) => void,
  ): void {
    const folderKeyOf = folders.ofPeer(peerKey);
    const listed = new Set<number>();
    for (const entry of list) {
      const { folder, name } = splitPath(entry.path);
      const key = entries.store(folderKeyOf(folder), name, entry);
      onListed(key, listed);
      listed.add(key);
    }
    entries.removeOthers(peerKey, listed);
    folders.dropEmpty(peerKey);
    uploads.drop(peerKey);
  }

  return {
    replace: (peerKey, fileList) => {
      store(peerKey, decodeFileList(fileList), (key, listed) => {
        if (listed.has(key)) throw repeatedFilename(listed.size + 1);
      });
      record.renew(peerKey, record.count(peerKey));
    },
    replaceByParts: (peerKey, fileLists) => {
      store(peerKey, entriesOf(fileLists), () => undefined);
      return record.renew(peerKey, record.count(peerKey));
    },
  };
}

function* entriesOf(fileLists: Iterable<Uint8Array>): Generator<Entry> {
  for (const fileList of fileLists) yield* decodeFileList(fileList);
}

function repeatedFilename(lineNumber: number): SwapmeetError {
  return new SwapmeetError('bad-line', `line ${lineNumber} of the file list: an earlier line has the same filename`);
}
