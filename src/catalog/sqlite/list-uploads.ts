import type { ListUpload } from '../../protocol/codecs/publish.ts';
import type { Database } from './database.ts';

/** Lists that are being sent in parts, at most one a peer. */
export type ListUploads = {
  /** What the peer is sending, if anything. */
  find(peerKey: number): ListUpload | undefined;
  /** Begins anew under a token. */
  begin(peerKey: number, token: string): void;
  /** Keeps the part that comes next. */
  add(peerKey: number, part: number, fileList: Uint8Array): void;
  /** The parts in their order. */
  parts(peerKey: number): Generator<Uint8Array>;
  drop(peerKey: number): void;
};

export function createListUploads(database: Database): ListUploads {
  const find = database.prepare<[number], ListUpload>('SELECT token, parts FROM upload WHERE peer = ?');
  const begin = database.prepare<[number, string]>('INSERT INTO upload (peer, token, parts) VALUES (?, ?, 0)');
  const add = database.prepare<[number, number, Uint8Array]>(
    'INSERT INTO upload_part (upload, part, file_list) VALUES (?, ?, ?)',
  );
  const setParts = database.prepare<[number, number]>('UPDATE upload SET parts = ? WHERE peer = ?');
  const part = database
    .prepare<[number, number], Buffer>('SELECT file_list FROM upload_part WHERE upload = ? AND part = ?')
    .pluck();
  const drop = database.prepare<[number]>('DELETE FROM upload WHERE peer = ?');
  return {
    find: (peerKey) => find.get(peerKey),
    begin: (peerKey, token) => {
      drop.run(peerKey);
      begin.run(peerKey, token);
    },
    add: (peerKey, number, fileList) => {
      add.run(peerKey, number, fileList);
      setParts.run(number, peerKey);
    },
    parts: function* (peerKey) {
      let number = 1;
      for (let list = part.get(peerKey, number); list !== undefined; list = part.get(peerKey, number)) {
        yield list;
        number += 1;
      }
    },
    drop: (peerKey) => {
      drop.run(peerKey);
    },
  };
}
