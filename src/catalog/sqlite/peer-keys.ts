import { SwapmeetError } from '../../domain/errors.ts';
import type { Database } from './database.ts';

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
