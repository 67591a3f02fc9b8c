import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadOrCreateIdentity } from './identity.ts';

describe('identity', () => {
  it('is made once, readable by its owner alone, and never replaced', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'swapmeet-identity-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'identity.pem');
    const first = await loadOrCreateIdentity(file);
    assert.match(first.key, /^[0-9a-f]{64}$/);
    assert.equal((await loadOrCreateIdentity(file)).key, first.key);
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);

    await writeFile(file, 'damaged');
    await assert.rejects(loadOrCreateIdentity(file), { code: 'disk-error' });
  });
});
