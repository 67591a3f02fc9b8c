import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadOrCreateInvite } from './invite.ts';

describe('invite', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swapmeet-invite-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is made once, kept, and readable by its owner only', async () => {
    const file = join(folder, 'invite');
    const invite = await loadOrCreateInvite(file);
    assert.match(invite, /^[A-Za-z0-9_-]{22}$/);
    assert.equal(await loadOrCreateInvite(file), invite);
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('may be chosen by whoever runs the server', async () => {
    const file = join(folder, 'chosen');
    await writeFile(file, 'friends-of-the-lab\r\n');
    assert.equal(await loadOrCreateInvite(file), 'friends-of-the-lab');
  });

  it('is not replaced where the file holds something else', async () => {
    const file = join(folder, 'broken');
    await writeFile(file, '');
    await assert.rejects(loadOrCreateInvite(file), { code: 'disk-error' });
    assert.equal(await readFile(file, 'utf8'), '');
    await assert.rejects(loadOrCreateInvite(folder), { code: 'disk-error' });
  });
});
