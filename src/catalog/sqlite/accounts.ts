import { SwapmeetError } from '../../domain/errors.ts';
import { fold } from '../../domain/fold.ts';
import { REGISTRATION_TTL_MS } from '../../domain/presence.ts';
import type { NewRegistration, Registration } from '../catalog.ts';
import type { Database } from './database.ts';
import type { WaitingList } from './index/list-writer.ts';

const COLUMNS = 'SELECT id, username, password_hash AS passwordHash FROM peer';

/** Looks registrations up. */
export function createAccountReader(database: Database) {
  const byUsername = database.prepare<[string], Registration>(`${COLUMNS} WHERE username = ?`);
  const keyOf = database.prepare<[string], number>('SELECT key FROM peer WHERE id = ?').pluck();
  const byId = database.prepare<[string], Registration>(`${COLUMNS} WHERE id = ?`);
  return {
    findByUsername: (username: string) => byUsername.get(username),
    findById: (id: string) => byId.get(id),
    /** @throws SwapmeetError `name-taken` where another id has the name, or one that looks like it */
    checkName: createNameCheck(database),
    /** The key of an id’s peer, or undefined. */
    findKey: (id: string) => keyOf.get(id),
  };
}

/** Parts of a list that is being sent are kept so long for a peer that is not online. */
const UPLOAD_TTL_MS = 24 * 60 * 60 * 1000;

/** A registration as the writer gets it: its list lies in a segment. */
export type StoredRegistration = Omit<NewRegistration, 'fileList'> & {
  /** The key of the peer, whose list names it: that of the registration that it replaces, or a new one. */
  readonly peer: number;
  readonly waiting: WaitingList;
};

function createNameCheck(database: Database): (username: string, replacesId: string | undefined) => void {
  const findNamesake = database
    .prepare<[string, string | null], number>('SELECT key FROM peer WHERE folded_username = ? AND id IS NOT ?')
    .pluck();
  return (username, replacesId) => {
    if (findNamesake.get(fold(username), replacesId ?? null) === undefined) return;
    throw new SwapmeetError('name-taken', 'the username, or one that looks like it, is registered: take another one');
  };
}

/** Folds the usernames of a catalog from before they were: those that look alike stay, and no further one joins them. */
function foldUsernames(database: Database): void {
  const set = database.prepare<[string, number]>('UPDATE peer SET folded_username = ? WHERE key = ?');
  const unfolded = database.prepare<[], { key: number; username: string }>(
    'SELECT key, username FROM peer WHERE folded_username IS NULL',
  );
  for (const { key, username } of unfolded.all()) set.run(fold(username), key);
}

/**
 * Makes and expires registrations.
 *
 * @param replaceList puts a list into effect
 */
export function createAccountWriter(database: Database, replaceList: (peer: number, waiting: WaitingList) => string) {
  foldUsernames(database);
  const checkName = createNameCheck(database);
  const insert = database.prepare<[number, string, string, string, string, number]>(
    `INSERT INTO peer (key, id, username, folded_username, password_hash, login_at_ms, files, size_bytes)
     VALUES (?, ?, ?, ?, ?, ?, 0, 0)`,
  );
  const renew = database.prepare<[string, string, string, string, number, number]>(
    'UPDATE peer SET id = ?, username = ?, folded_username = ?, password_hash = ?, login_at_ms = ? WHERE key = ?',
  );
  const dropSession = database.prepare<[number]>('DELETE FROM session WHERE peer = ?');
  const dropAbandoned = database.prepare<[number]>(
    `DELETE FROM upload WHERE peer NOT IN (SELECT peer FROM session WHERE alive_at_ms > ?)`,
  );
  const expire = database.prepare<[number], string>('DELETE FROM peer WHERE login_at_ms <= ? RETURNING id').pluck();

  return {
    /** Returns the revision of the list. @throws SwapmeetError `name-taken` */
    register: (registration: StoredRegistration, nowMs: number): string => {
      const { peer, id, username, passwordHash, replacesId } = registration;
      checkName(username, replacesId);
      const folded = fold(username);
      const { changes } = renew.run(id, username, folded, passwordHash, nowMs, peer);
      if (changes === 0) insert.run(peer, id, username, folded, passwordHash, nowMs);
      dropSession.run(peer);
      return replaceList(peer, registration.waiting);
    },
    /** Deletes what nobody has come back to: registrations, and lists that were being sent. */
    expire: (nowMs: number): readonly string[] => {
      dropAbandoned.run(nowMs - UPLOAD_TTL_MS);
      return expire.all(nowMs - REGISTRATION_TTL_MS);
    },
  };
}
