import { SwapmeetError } from '../../../domain/errors.ts';
import type { ListInEffect, ListState } from '../../catalog.ts';
import { createPeerKeys } from '../peer-keys.ts';
import type { Database } from '../database.ts';
import { addSizes, type ListTotals } from './building.ts';
import type { StoredChanges } from './changing.ts';
import { blobOf } from './index-reader.ts';
import type { JoinedParts } from './joining.ts';

/** A list that lies in a segment, waiting to take effect. */
export type WaitingList = ListTotals & {
  readonly list: number;
  readonly segment: number;
  /** Of the whole segment, which may hold other lists too. */
  readonly entries: number;
};

type Upload = ListTotals & { readonly token: string; readonly parts: number; readonly list: number };
type Effect = ListTotals & { readonly list: number; readonly revision: string };

/** SQL: a revision that no list ever had, not even one that is restored from a copy. */
const NEW_REVISION = 'lower(hex(randomblob(12)))';

/** The statements that lists are kept by. What is called here runs within a transaction of the caller’s. */
function createListStatements(database: Database) {
  const addSegment = database.prepare<[number, number]>('INSERT OR IGNORE INTO segment (key, entries) VALUES (?, ?)');
  const setEffect = database
    .prepare<[number, number, number, number], string>(
      `UPDATE peer SET list = ?, files = ?, size_bytes = ?, revision = ${NEW_REVISION} WHERE key = ? RETURNING revision`,
    )
    .pluck();
  const findEffect = database.prepare<[number], Effect>(
    'SELECT list, files, size_bytes AS sizeBytes, revision FROM peer WHERE key = ?',
  );
  const findUpload = database.prepare<[number], Upload>(
    'SELECT token, parts, list, files, size_bytes AS sizeBytes FROM upload WHERE peer = ?',
  );
  const dropUpload = database.prepare<[number]>('DELETE FROM upload WHERE peer = ?');
  return {
    addSegment: (key: number, entries: number): void => {
      addSegment.run(key, entries);
    },
    /** Makes a list the one in effect. Returns its revision. */
    setEffect: (peer: number, list: number, { files, sizeBytes }: ListTotals): string =>
      setEffect.get(list, files, sizeBytes, peer) ?? '',
    effectOf: (peer: number): Effect => findEffect.get(peer) ?? { list: 0, files: 0, sizeBytes: 0, revision: '' },
    uploadOf: (peer: number): Upload | undefined => findUpload.get(peer),
    dropUpload: (peer: number): void => {
      dropUpload.run(peer);
    },
  };
}

/** Tells which list is in effect, and what is on its way to take its place. */
export function createListReader(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const lists = createListStatements(database);
  const all = database.prepare<[], ListInEffect>('SELECT id, username, revision FROM peer');
  return {
    listState: (id: string): ListState => {
      const peer = peerKeyOf(id);
      const upload = lists.uploadOf(peer);
      return {
        revision: lists.effectOf(peer).revision,
        upload: upload && { token: upload.token, parts: upload.parts },
      };
    },
    listsInEffect: (): readonly ListInEffect[] => all.all(),
    /** The same with what the server itself has to know of it. */
    listOf: (id: string) => {
      const peer = peerKeyOf(id);
      return { peer, ...lists.effectOf(peer), upload: lists.uploadOf(peer) };
    },
  };
}

/** Puts lists into effect. */
export function createListWriter(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const lists = createListStatements(database);
  const saveUpload = database.prepare<[number, string, number, number, number, number]>(
    'INSERT OR REPLACE INTO upload (peer, token, parts, list, files, size_bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const hasSegment = database.prepare<[number], number>('SELECT 1 FROM segment WHERE key = ?').pluck();
  const addDead = database.prepare<[number, Buffer]>('INSERT INTO dead (segment, entries) VALUES (?, ?)');

  function replace(peer: number, waiting: WaitingList): string {
    lists.addSegment(waiting.segment, waiting.entries);
    lists.dropUpload(peer);
    return lists.setEffect(peer, waiting.list, waiting);
  }

  return {
    replace,
    replaceEntries: (id: string, waiting: WaitingList): string => replace(peerKeyOf(id), waiting),
    /** Keeps a part that comes next; of one that is there already, nothing. @throws SwapmeetError `wrong-part` */
    stagePart: (id: string, token: string, part: number, waiting: WaitingList): void => {
      const peer = peerKeyOf(id);
      const before = nextPart(lists.uploadOf(peer), token, part);
      if (before === undefined) return;
      if (before.list !== undefined && before.list !== waiting.list) throw begunAnew();
      lists.addSegment(waiting.segment, waiting.entries);
      const [files, sizeBytes] = [before.files + waiting.files, addSizes(before.sizeBytes, waiting.sizeBytes)];
      saveUpload.run(peer, token, part, waiting.list, files, sizeBytes);
    },
    /** Puts an upload of one part into effect: the part is the list. @throws SwapmeetError `unknown-list`, `wrong-part` */
    commitOnlyPart: (id: string, token: string): string => {
      const peer = peerKeyOf(id);
      const upload = checkUpload(lists.uploadOf(peer), token, 1);
      lists.dropUpload(peer);
      return lists.setEffect(peer, upload.list, upload);
    },
    /**
     * Puts an upload of several parts into effect.
     *
     * @param list the number under which the parts lie
     * @param joined what they come to
     * @throws SwapmeetError `unknown-list`, `wrong-part`
     */
    commitList: (id: string, token: string, parts: number, list: number, joined: JoinedParts): string => {
      const peer = peerKeyOf(id);
      if (checkUpload(lists.uploadOf(peer), token, parts).list !== list) throw begunAnew();
      // Its segments are not merged before it is in effect.
      for (const { segment, entries } of joined.dead) addDead.run(segment, blobOf(entries));
      lists.dropUpload(peer);
      return lists.setEffect(peer, list, joined);
    },
    /**
     * Makes changes to the list in effect.
     *
     * @param totals of the list after the changes; undefined where they follow from those before
     * @returns the new revision; undefined where segments were merged meanwhile, and the changes have to be found anew
     * @throws SwapmeetError `wrong-revision`
     */
    applyChanges: (id: string, revision: string, changes: StoredChanges, totals?: ListTotals): string | undefined => {
      const peer = peerKeyOf(id);
      const effect = lists.effectOf(peer);
      if (effect.revision !== revision) throw wrongRevision();
      if (changes.dead.some(({ segment }) => hasSegment.get(segment) === undefined)) return undefined;
      if (changes.segment !== undefined) lists.addSegment(changes.segment, changes.added);
      for (const { segment, entries } of changes.dead) addDead.run(segment, blobOf(entries));
      return lists.setEffect(peer, effect.list, totals ?? changedTotals(effect, changes));
    },
  };
}

/** What is there of the upload that a part belongs to; undefined where the part is there too. @throws SwapmeetError `wrong-part` */
export function nextPart(
  upload: Upload | undefined,
  token: string,
  part: number,
): (ListTotals & { readonly list: number | undefined }) | undefined {
  const begun = upload?.token === token ? upload : undefined;
  const staged = begun?.parts ?? 0;
  if (part <= staged) return undefined;
  if (part !== staged + 1) throw wrongPart(`part ${staged + 1} comes next, not ${part}`);
  return begun ?? { list: undefined, files: 0, sizeBytes: 0 };
}

/** @throws SwapmeetError `unknown-list`, `wrong-part` */
export function checkUpload(upload: Upload | undefined, token: string, parts: number): Upload {
  if (upload?.token !== token) {
    throw new SwapmeetError(
      'unknown-list',
      'no list is being sent under this token: it has taken effect, or was dropped; LIST_STATE tells',
    );
  }
  if (upload.parts !== parts) throw wrongPart(`the list has ${upload.parts} parts so far, not ${parts}`);
  return upload;
}

export function wrongRevision(): SwapmeetError {
  return new SwapmeetError('wrong-revision', 'the list has changed since that revision: send it whole, in parts');
}

function begunAnew(): SwapmeetError {
  return new SwapmeetError(
    'unknown-list',
    'the list was begun anew under its token meanwhile; LIST_STATE tells what is there',
  );
}

function wrongPart(what: string): SwapmeetError {
  return new SwapmeetError('wrong-part', `${what}; LIST_STATE tells how many are there`);
}

function changedTotals(before: ListTotals, changes: StoredChanges): ListTotals {
  const sizeBytes = BigInt(before.sizeBytes) + changes.sizeBytes;
  return {
    files: before.files + changes.files,
    sizeBytes: Number(sizeBytes < Number.MAX_SAFE_INTEGER ? sizeBytes : Number.MAX_SAFE_INTEGER),
  };
}
