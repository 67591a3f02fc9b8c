import type { Entry } from '../../domain/entry.ts';
import { ONLINE_WINDOW_MS } from '../../domain/presence.ts';

/** SQL: the path of the entry in `folder` and `entry`. */
export const PATH = `iif(folder.path = '', entry.name, folder.path || '/' || entry.name)`;

/** SQL: the columns of an `EntryRow`, from `folder`, `entry` and `content`. */
export const ENTRY_COLUMNS = `${PATH} AS path, content.size_bytes AS sizeBytes,
  lower(hex(content.sha1)) AS sha1, lower(hex(content.root)) AS root`;

export type EntryRow = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha1: string;
  /** Empty where there is none. */
  readonly root: string;
};

export function entryOf({ path, sizeBytes, sha1, root }: EntryRow): Entry {
  return root === '' ? { path, sizeBytes, sha1 } : { path, sizeBytes, sha1, root };
}

/** SQL: whether `session` is online. The moment from which it must have been heard of is `@aliveAfterMs`. */
export const ONLINE = `(session.online = 1 AND session.alive_at_ms > @aliveAfterMs)`;

/** SQL: whether the peer of `session` can be fetched from now: online, and with an address. */
export const REACHABLE = `(${ONLINE} AND session.address IS NOT NULL)`;

/** What `ONLINE` compares with, so that it says what `isAlive` does. */
export function aliveAfterMs(nowMs: number): number {
  return nowMs - ONLINE_WINDOW_MS;
}

/** A path taken apart as it is stored: `folder` is '' where the path has none. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { folder: slash === -1 ? '' : path.slice(0, slash), name: path.slice(slash + 1) };
}

/**
 * SQL: goes before a parameter that a join is compared with, where the statement runs for every row of another. SQLite plans a
 * join anew whenever such a parameter changes, in case the value matters, which takes ten times as long as the join itself;
 * an expression it leaves alone.
 */
export const STEADY = '+';
