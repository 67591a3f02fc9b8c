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
  readonly sha1: string;
  readonly root: string | null;
  readonly sizeBytes: number;
  readonly path: string;
  /** Below it, `/`-separated: null for a download that is a file. */
  readonly place: string | null;
};

export function createPlaces({ database, run }: QueueDatabase): Places {
  // All with one statement: SQLite plans one anew each time that what it compares with is another value.
  const select = database.prepare<[{ sha1s: string }], PlaceRow>(
    `WITH wanted (sha1) AS (SELECT value FROM json_each(@sha1s)), there (state) AS (VALUES ${THERE_STATES.map((state) => `(${state})`).join(', ')})
      SELECT sha1, root, size_bytes AS sizeBytes, path, NULL AS place
        FROM wanted JOIN download USING (sha1) WHERE outcome = 'done' AND NOT is_folder
      UNION ALL
      SELECT file.sha1, file.root, file.size_bytes, download.path, ifnull(file.placed, file.path)
        FROM wanted JOIN there JOIN folder_file AS file ON (file.folder, file.number) = (
            SELECT folder, number FROM folder_file AS copy WHERE copy.sha1 = wanted.sha1 AND copy.state = there.state
              ORDER BY folder DESC, number DESC LIMIT 1)
          JOIN download ON download.number = file.folder`,
  );
  return {
    placesOf(contents) {
      const sha1s = JSON.stringify([...new Set(contents.map(({ sha1 }) => sha1))]);
      const found = Map.groupBy(
        run(() => select.all({ sha1s })),
        keyOf,
      );
      return contents.map((content) => (found.get(keyOf(content)) ?? []).map(pathOf));
    },
  };
}

function keyOf({ sha1, root, sizeBytes }: ContentNames | PlaceRow): string {
  return `${sha1} ${root ?? ''} ${sizeBytes}`;
}

function pathOf({ path, place }: PlaceRow): string {
  return place === null ? path : join(path, ...place.split('/'));
}
