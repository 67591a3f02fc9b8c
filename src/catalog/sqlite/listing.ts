import type { Entry } from '../../domain/entry.ts';
import { compareText } from '../../domain/text-order.ts';
import { filesReply, peersReply, type PeerRow, type PresenceFilter } from '../../protocol/codecs/listing.ts';
import type { Page, PageRequest } from '../../protocol/codecs/page.ts';
import { takePage } from '../paging.ts';
import { createPeerKeys } from './accounts.ts';
import type { Database } from './database.ts';
import { aliveAfterMs, ENTRY_COLUMNS, entryOf, ONLINE, splitPath, type EntryRow } from './rows.ts';

type PeersParameters = {
  readonly after: string;
  readonly filter: PresenceFilter;
  readonly aliveAfterMs: number;
};

/** Lists the peers, in order of username. */
export function createPeerList(database: Database) {
  const select = database.prepare<[PeersParameters], PeerRow>(
    `SELECT username, id, iif(online, 'online', 'offline') AS presence, files, sizeBytes, seenAtMs / 1000 AS lastSeenS
     FROM (
       SELECT peer.username, peer.id, peer.files, peer.size_bytes AS sizeBytes, coalesce(${ONLINE}, 0) AS online,
         max(peer.login_at_ms, coalesce(session.alive_at_ms, 0)) AS seenAtMs
       FROM peer LEFT JOIN session ON session.peer = peer.key
       WHERE peer.username > @after
     )
     WHERE @filter = 'all' OR online = (@filter = 'online')
     ORDER BY username`,
  );
  return {
    listPeers: (filter: PresenceFilter, page: PageRequest, nowMs: number): Page<PeerRow> => {
      const rows = select.iterate({ after: page.after ?? '', filter, aliveAfterMs: aliveAfterMs(nowMs) });
      return takePage(
        rows,
        page,
        peersReply,
        (row) => row,
        ({ username }) => username,
      );
    },
  };
}

/** The folders from one path to before another, and within the first of them the names after one. */
type FolderRange = { readonly from: string; readonly below: string | Buffer; readonly afterName: string };

type BrowseParameters = FolderRange & { readonly peer: number };

// SQLite orders every BLOB after every text.
const ABOVE_ALL_TEXTS = Buffer.alloc(0);

/** Lists a peer's entries, in order of folder, then name; its cursors are paths. */
export function createBrowser(database: Database) {
  const peerKeyOf = createPeerKeys(database);
  const columns = `SELECT ${ENTRY_COLUMNS} FROM folder
    CROSS JOIN entry ON entry.folder = folder.key CROSS JOIN content ON content.key = entry.content`;
  const selectFolders = database.prepare<[BrowseParameters], EntryRow>(
    `${columns}
     WHERE folder.peer = @peer AND folder.path >= @from AND folder.path < @below
       AND entry.name > iif(folder.path = @from, @afterName, '')
     ORDER BY folder.path, entry.name`,
  );
  const selectOne = database.prepare<[number, string, string], EntryRow>(
    `${columns} WHERE folder.peer = ? AND folder.path = ? AND entry.name = ?`,
  );

  /** The entries of the folders in [from, below) that come after the path. */
  function* inFolders(peer: number, from: string, below: string | Buffer, after: string): Generator<EntryRow> {
    const { folder, name } = splitPath(after);
    const started = compareText(folder, from) >= 0 && after !== '';
    yield* selectFolders.iterate({ peer, below, from: started ? folder : from, afterName: started ? name : '' });
  }

  /** The entry at the path itself, if it is one and comes after the other. */
  function* atPath(peer: number, path: string, after: string): Generator<EntryRow> {
    if (after !== '') return;
    const { folder, name } = splitPath(path);
    const row = selectOne.get(peer, folder, name);
    if (row !== undefined) yield row;
  }

  function* belowPath(peer: number, path: string, after: string): Generator<EntryRow> {
    yield* atPath(peer, path, after);
    // No path has a NUL, and `0` comes right after `/`: the folder itself, then all that lie in it.
    yield* inFolders(peer, path, `${path}\0`, after);
    yield* inFolders(peer, `${path}/`, `${path}0`, after);
  }

  return {
    browse: (id: string, path: string | undefined, page: PageRequest): Page<Entry> => {
      const peer = peerKeyOf(id);
      const after = page.after ?? '';
      const rows = path === undefined ? inFolders(peer, '', ABOVE_ALL_TEXTS, after) : belowPath(peer, path, after);
      return takePage(rows, page, filesReply, entryOf, (row) => row.path);
    },
  };
}
