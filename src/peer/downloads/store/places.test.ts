import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { openQueueInMemory } from '../../../../test/support/queue-in-memory.ts';
import { createFolderFiles } from './folder-files.ts';
import { createFolderRows } from './folder-rows.ts';
import { createPlaces } from './places.ts';

const [SHA1, ROOT, OTHER_ROOT] = ['a'.repeat(40), 'b'.repeat(64), 'c'.repeat(64)];
const CONTENT = { sha1: SHA1, root: ROOT, sizeBytes: 100 };

function openPlaces(t: TestContext) {
  const { queue, plan } = openQueueInMemory(t);
  const rows = createFolderRows(queue);
  const files = createFolderFiles(queue);
  const add = queue.database.prepare(
    `INSERT INTO download (id, position, name, sha1, root, size_bytes, folder, path, outcome)
      VALUES (@path, 0, 'n', @sha1, @root, @sizeBytes, @path, @path, @outcome)`,
  );
  return {
    places: createPlaces(queue),
    addFile: (path: string, content: Partial<typeof CONTENT>, outcome = 'done') =>
      add.run({ ...CONTENT, root: null, ...content, path, outcome }),
    /** A folder with one file. */
    addFolder: (path: string, content: Partial<typeof CONTENT>, placed?: string) => {
      rows.addFolder({ id: path, name: 'n', folder: '/', path, origin: { query: path } });
      rows.addFiles(path, [{ ...CONTENT, ...content, path: 'x/y' }], undefined);
      files.setFiles(path, [{ number: 1, sizeBytes: 1, placed }]);
    },
    plan,
  };
}

describe('the places of contents', () => {
  it('are those of the same root and size alone', (t) => {
    const { places, addFile, addFolder } = openPlaces(t);
    addFile('/alone', CONTENT);
    addFile('/open', CONTENT, 'open');
    addFile('/rootless', {});
    addFile('/larger', { ...CONTENT, sizeBytes: 101 });
    addFolder('/first', CONTENT);
    addFolder('/second', CONTENT, 'x/y (2)');
    // Later than those that have the content, and under its SHA-1.
    addFolder('/other', { root: OTHER_ROOT });
    addFolder('/larger too', { sizeBytes: 101 });
    const asked = [CONTENT, { ...CONTENT, root: undefined }, { ...CONTENT, sha1: 'd'.repeat(40) }, CONTENT];
    const found = ['/alone', join('/second', 'x', 'y (2)')];
    assert.deepEqual(places.placesOf(asked), [found, ['/rootless'], [], found]);
  });

  it('are found without a look at what has another content', (t) => {
    const { places, plan } = openPlaces(t);
    places.placesOf([CONTENT]);
    const steps = plan();
    const found = (table: string) => steps.filter((step) => step.includes(`SEARCH ${table} `));
    assert.match(found('download').join('\n'), /download_by_content \(sha1=\? AND <expr>=\? AND size_bytes=\?\)/);
    assert.match(
      found('copy').join('\n'),
      /folder_file_by_content \(sha1=\? AND root=\? AND size_bytes=\? AND state=\?\)/,
    );
    assert.doesNotMatch(steps.join('\n'), /SCAN (download|copy|file)/);
  });
});
