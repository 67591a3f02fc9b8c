import { SwapmeetError } from '../../domain/errors.ts';
import { decodeFileList } from '../../protocol/codecs/file-list.ts';
import type { ListState } from '../catalog.ts';
import { createPeerKeys } from './accounts.ts';
import type { Database } from './database.ts';
import { changeTotals, createListChanges } from './list-changes.ts';
import { createListRecord } from './list-record.ts';
import { createListUploads } from './list-uploads.ts';
import { createLists } from './lists.ts';

/** Tells which list is in effect, and what is on its way to take its place. */
export function createListStates(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const record = createListRecord(database);
  const uploads = createListUploads(database);
  return {
    listState: (id: string): ListState => {
      const peerKey = peerKeyOf(id);
      return { revision: record.revision(peerKey), upload: uploads.find(peerKey) };
    },
  };
}

/** Takes lists in parts, and their changes. */
export function createPublishing(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const record = createListRecord(database);
  const uploads = createListUploads(database);
  const lists = createLists(database);
  const makeChanges = createListChanges(database);
  return {
    stagePart: (id: string, token: string, part: number, fileList: Uint8Array): void => {
      const peerKey = peerKeyOf(id);
      const upload = uploads.find(peerKey);
      const staged = upload?.token === token ? upload.parts : 0;
      if (part <= staged) return;
      if (part !== staged + 1) throw wrongPart(`part ${staged + 1} comes next, not ${part}`);
      checkLines(fileList);
      if (part === 1) uploads.begin(peerKey, token);
      uploads.add(peerKey, part, fileList);
    },
    commitList: (id: string, token: string, parts: number): string => {
      const peerKey = peerKeyOf(id);
      const upload = uploads.find(peerKey);
      if (upload?.token !== token) {
        throw new SwapmeetError(
          'unknown-list',
          'no list is being sent under this token: it has taken effect, or was dropped; LIST_STATE tells',
        );
      }
      if (upload.parts !== parts) throw wrongPart(`the list has ${upload.parts} parts so far, not ${parts}`);
      return lists.replaceByParts(peerKey, uploads.parts(peerKey));
    },
    applyDelta: (id: string, revision: string, changes: Uint8Array): string => {
      const peerKey = peerKeyOf(id);
      if (record.revision(peerKey) !== revision) {
        throw new SwapmeetError('wrong-revision', 'the list has changed since that revision: send it whole, in parts');
      }
      const grown = makeChanges(peerKey, changes);
      return record.renew(peerKey, changeTotals(record.totals(peerKey), grown) ?? record.count(peerKey));
    },
  };
}

function checkLines(fileList: Uint8Array): void {
  const lines = decodeFileList(fileList);
  while (lines.next().done !== true);
}

function wrongPart(what: string): SwapmeetError {
  return new SwapmeetError('wrong-part', `${what}; LIST_STATE tells how many are there`);
}
