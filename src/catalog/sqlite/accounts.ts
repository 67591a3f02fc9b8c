import { SwapmeetError } from '../../domain/errors.ts';
import { REGISTRATION_TTL_MS } from '../../domain/presence.ts';
import type { NewRegistration, Registration } from '../catalog.ts';
import type { Database } from './database.ts';
import { createLists } from './lists.ts';

const EMPTY_LIST = new Uint8Array();

const COLUMNS = 'SELECT id, username, password_hash AS passwordHash FROM peer';

/** Looks registrations up. */
export function createAccountReader(database: Database) {
  const byUsername = database.prepare<[string], Registration>(`${COLUMNS} WHERE username = ?`);
  const byId = database.prepare<[string], Registration>(`${COLUMNS} WHERE id = ?`);
  return {
    findByUsername: (username: string) => byUsername.get(username),
    findById: (id: string) => byId.get(id),
  };
}

/** The key of a peer's row from its id. @throws SwapmeetError `unknown-id` */
export function createPeerKeys(database: Database): (id: string) => number {
  const find = database.prepare<[string], number>('SELECT key FROM peer WHERE id = ?').pluck();
  return (id) => {
    const key = find.get(id);
    if (key === undefined) {
      throw new SwapmeetError('unknown-id', 'no registration has this id, or not any more: register again');
    }
    return key;
  };
}

/** Makes, changes and expires registrations and their lists. */
export function createAccountWriter(database: Database) {
  const lists = createLists(database);
  const peerKeyOf = createPeerKeys(database);
  const findKey = database.prepare<[string], number>('SELECT key FROM peer WHERE id = ?').pluck();
  const findNamesake = database
    .prepare<[string, string | null], number>('SELECT key FROM peer WHERE username = ? AND id IS NOT ?')
    .pluck();
  const insert = database.prepare<[string, string, string, number]>(
    'INSERT INTO peer (id, username, password_hash, login_at_ms, files, size_bytes) VALUES (?, ?, ?, ?, 0, 0)',
  );
  const renew = database.prepare<[string, string, string, number, number]>(
    'UPDATE peer SET id = ?, username = ?, password_hash = ?, login_at_ms = ? WHERE key = ?',
  );
  const dropSession = database.prepare<[number]>('DELETE FROM session WHERE peer = ?');
  const findExpired = database.prepare<[number], { key: number; id: string }>(
    'SELECT key, id FROM peer WHERE login_at_ms <= ?',
  );
  const remove = database.prepare<[number]>('DELETE FROM peer WHERE key = ?');

  /** The key of the row that holds the registration from now on: the replaced one's, so that an equal list costs nothing. */
  function store({ id, username, passwordHash, replacesId }: NewRegistration, nowMs: number): number {
    const replaced = replacesId === undefined ? undefined : findKey.get(replacesId);
    if (replaced === undefined) return Number(insert.run(id, username, passwordHash, nowMs).lastInsertRowid);
    renew.run(id, username, passwordHash, nowMs, replaced);
    dropSession.run(replaced);
    return replaced;
  }

  return {
    register: (registration: NewRegistration, nowMs: number) => {
      if (findNamesake.get(registration.username, registration.replacesId ?? null) !== undefined) {
        throw new SwapmeetError('name-taken', 'the username is registered already: take another one');
      }
      lists.replace(store(registration, nowMs), registration.fileList);
    },
    replaceEntries: (id: string, fileList: Uint8Array) => {
      lists.replace(peerKeyOf(id), fileList);
    },
    expire: (nowMs: number): readonly string[] => {
      const expired = findExpired.all(nowMs - REGISTRATION_TTL_MS);
      for (const { key } of expired) {
        lists.replace(key, EMPTY_LIST);
        remove.run(key);
      }
      return expired.map(({ id }) => id);
    },
  };
}
