import { isAlive } from '../../domain/presence.ts';
import type { Session, SessionAddress } from '../catalog.ts';
import { createPeerKeys } from './peer-keys.ts';
import type { Database } from './database.ts';

type SessionRow = { readonly id: string; readonly resumeTokenHash: string; readonly key: string | null };

/** A sign of life may wait so long until it is noted. Who asks meanwhile is answered without it, and that answer must not be kept. */
const NOTED_WITHIN_MS = 60_000;

/** Looks sessions up. */
export function createSessionReader(database: Database) {
  const find = database.prepare<[string], SessionRow>(
    `SELECT peer.id, session.resume_token_hash AS resumeTokenHash, session.key
     FROM peer JOIN session ON session.peer = peer.key WHERE peer.id = ? AND session.resume_token_hash <> ''`,
  );
  return {
    findSession: (id: string): Session | undefined => {
      const row = find.get(id);
      return row && { ...row, key: row.key ?? undefined };
    },
  };
}

/** Begins, follows and ends sessions. */
export function createSessionWriter(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const setLogin = database.prepare<[number, number]>('UPDATE peer SET login_at_ms = ? WHERE key = ?');
  // A new session takes the place of the one before, address and all.
  const begin = database.prepare<[number, string, string | null, number]>(
    `INSERT OR REPLACE INTO session (peer, resume_token_hash, key, online, alive_at_ms) VALUES (?, ?, ?, 1, ?)`,
  );
  const setAddress = database.prepare<[string | null, number | null, string | null, number]>(
    'UPDATE session SET address = ?, port = ?, address_key = ? WHERE peer = ?',
  );
  const aliveAt = database.prepare<[number], number>('SELECT alive_at_ms FROM session WHERE peer = ?').pluck();
  const touch = database.prepare<[number, number]>('UPDATE session SET alive_at_ms = ? WHERE peer = ?');
  // What is left of a session that was logged out of is when the peer was last heard of.
  const forget = database.prepare<[number]>(
    `UPDATE session SET online = 0, address = NULL, resume_token_hash = '' WHERE peer = ?`,
  );
  const end = database.prepare<[number]>('UPDATE session SET online = 0, address = NULL WHERE peer = ?');
  // Of those that are over nothing changes: each that does is told to all who answer queries.
  const endAll = database.prepare<[]>(
    'UPDATE session SET online = 0, address = NULL WHERE online = 1 OR address IS NOT NULL',
  );
  // Set back, a time that is not to come yet may be of the new clock: then it is right.
  const shifted = (column: string): string =>
    `${column} = min(${column} + @byMs, @nowMs) WHERE @byMs > 0 OR ${column} > @nowMs`;
  const shiftLogins = database.prepare<[{ byMs: number; nowMs: number }]>(`UPDATE peer SET ${shifted('login_at_ms')}`);
  const shiftSigns = database.prepare<[{ byMs: number; nowMs: number }]>(
    `UPDATE session SET ${shifted('alive_at_ms')}`,
  );

  const countFiles = database.prepare<[number], number>('SELECT files FROM peer WHERE key = ?').pluck();
  const shares = (peer: number): boolean => countFiles.get(peer) !== 0;

  /** Those that return something say whether a search may find something else since: who shares nothing is never found. */
  return {
    beginSession: ({ id, resumeTokenHash, key }: Session, nowMs: number): boolean => {
      const peerKey = peerKeyOf(id);
      setLogin.run(nowMs, peerKey);
      begin.run(peerKey, resumeTokenHash, key ?? null, nowMs);
      return shares(peerKey);
    },
    setAddress: (id: string, address: SessionAddress | undefined): boolean => {
      const peer = peerKeyOf(id);
      setAddress.run(address?.address ?? null, address?.port ?? null, address?.key ?? null, peer);
      return shares(peer);
    },
    /** A sign of life changes something only if the peer may have counted as offline before, or counts as online for a shorter time since. */
    touch: (id: string, nowMs: number): boolean => {
      const peer = peerKeyOf(id);
      const beforeMs = aliveAt.get(peer);
      touch.run(nowMs, peer);
      return beforeMs !== undefined && (nowMs < beforeMs || !isAlive(beforeMs, nowMs + NOTED_WITHIN_MS));
    },
    endSession: (id: string, options: { readonly forget: boolean }): boolean => {
      const peer = peerKeyOf(id);
      (options.forget ? forget : end).run(peer);
      return shares(peer);
    },
    endAllSessions: () => {
      endAll.run();
    },
    clockSet: (byMs: number, nowMs: number) => {
      shiftLogins.run({ byMs, nowMs });
      shiftSigns.run({ byMs, nowMs });
    },
  };
}
