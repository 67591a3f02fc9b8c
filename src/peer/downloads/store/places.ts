import { join } from 'node:path';
import type { ContentNames } from './download-rows.ts';
import { THERE_STATES } from './folder-files.ts';
import type { QueueDatabase } from './queue-database.ts';

/** Where the contents of earlier downloads are. */
export type Places = {
  /** For each content where downloads put a file of it, alone or in a folder; of those in folders the latest. */
  placesOf(contents: readonly ContentNames[]): readonly (readonly string[])[];
};

type PlaceRow = {
  /** The place in the list of contents. */
  readonly at: number;
  readonly path: string;
  /** Below it, `/`-separated: null for a download that is a file. */
  readonly place: string | null;
};

export function createPlaces({ database, run }: QueueDatabase): Places {
  // All with one statement: SQLite plans one anew each time that what it compares with is another value. The sign before the
  // outcome keeps SQLite from going through all that are done for each content.
  const select = database.prepare<[{ contents: string }], PlaceRow>(
    `WITH wanted (at, sha1, root, size_bytes) AS (
        SELECT key, value ->> 'sha1', value ->> 'root', value ->> 'sizeBytes' FROM json_each(@contents)),
        there (state) AS (VALUES ${THERE_STATES.map((state) => `(${state})`).join(', ')})
      SELECT at, path, NULL AS place
        FROM wanted JOIN download USING (sha1, size_bytes)
        WHERE ifnull(download.root, '') = ifnull(wanted.root, '') AND +outcome = 'done' AND NOT is_folder
      UNION ALL
      SELECT at, download.path, ifnull(file.placed, file.path)
        FROM wanted JOIN there JOIN folder_file AS file ON (file.folder, file.number) = (
            SELECT folder, number FROM folder_file AS copy
              WHERE copy.sha1 = wanted.sha1 AND copy.root IS wanted.root AND copy.size_bytes = wanted.size_bytes
                AND copy.state = there.state
              ORDER BY folder DESC, number DESC LIMIT 1)
          JOIN download ON download.number = file.folder`,
  );
  return {
    placesOf(contents) {
      const names = JSON.stringify(contents.map(({ sha1, root, sizeBytes }) => ({ sha1, root, sizeBytes })));
      const found = Map.groupBy(
        run(() => select.all({ contents: names })),
        ({ at }) => at,
      );
      return contents.map((_, at) => (found.get(at) ?? []).map(pathOf));
    },
  };
}

function pathOf({ path, place }: PlaceRow): string {
  return place === null ? path : join(path, ...place.split('/'));
}
