import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createFixture, isDone, share, until } from '../../../test/support/transfer-fixture.ts';

describe('downloads', () => {
  it('fetches a file whole, verifies it and gives it its name', async (t) => {
    const fixture = await createFixture(t);
    const shared = await share(join(fixture.root, 'share'), 'a file.bin', 3_333_333);
    const ada = await fixture.uploader({ username: 'ada', files: [shared] });
    const downloads = fixture.downloads({ sources: () => [ada.sourceOf(shared.entry)] });
    const { id, path } = await downloads.start(shared.entry);
    const done = await until(downloads, id, isDone);
    assert.equal(done.path, path);
    assert.equal(done.verifiedBytes, 3_333_333);
    assert.deepEqual(await readdir(join(fixture.root, 'downloads')), ['a file.bin']);
    assert.ok(shared.bytes.equals(await readFile(path)));
  });
});
