import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFixture, share } from '../../../test/support/transfer-fixture.ts';
import { createOpenFiles } from './open-files.ts';

const INDEX = { find: () => undefined, pieceLayer: () => undefined, recheck: () => undefined };

describe('the open files of a connection', () => {
  it('are kept for the next request, and the least recently used one is closed when they get many', async (t) => {
    const { root } = await createFixture(t);
    const shared = await Promise.all([1, 2, 3, 4, 5].map((number) => share(root, `${number}`, number)));
    const [one, ...others] = shared.map(({ file }) => file);
    assert.ok(one);
    const files = createOpenFiles(INDEX);
    const first = await files.open(one);
    assert.equal(await files.open(one), first);
    for (const file of others.slice(0, 3)) await files.open(file);
    assert.equal(await files.open(one), first, 'used again, so no longer the oldest');
    for (const file of others.slice(3)) await files.open(file);
    assert.ok(first.fd > 0);
    for (const file of others) await files.open(file);
    assert.equal(first.fd, -1, 'closed');
    await files.close();
  });

  it('are all closed in the end', async (t) => {
    const { root } = await createFixture(t);
    const files = createOpenFiles(INDEX);
    const handles = [];
    for (const name of ['a', 'b']) handles.push(await files.open((await share(root, name, 10)).file));
    await files.close();
    assert.deepEqual(
      handles.map(({ fd }) => fd),
      [-1, -1],
    );
  });
});
