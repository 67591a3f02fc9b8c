import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pino } from 'pino';
import { LIMITS_DEFAULT } from './limits/limit-settings.ts';
import { createSettingsKeeper, loadSettings, type PeerSettings } from './settings.ts';

const SETTINGS: PeerSettings = {
  server: { host: 'localhost', port: 7474, key: 'k', invite: 'i' },
  username: 'ada',
  password: 'secret',
  listen: { host: '0.0.0.0', port: 7475 },
  shares: [{ label: 'S', folder: '/s' }],
  exclude: ['*.iso'],
  include: [],
  limits: LIMITS_DEFAULT,
  friends: [],
  downloadsFolder: '/d',
};

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'swapmeet-settings-'));
  t.after(() => rm(root, { recursive: true }));
  const folder = join(root, 'data');
  await mkdir(folder);
  const logged: string[] = [];
  const keeper = createSettingsKeeper(folder, SETTINGS, pino({}, { write: (line: string) => void logged.push(line) }));
  return { folder, keeper, logged };
}

describe('the settings of a peer', () => {
  it('are kept, with what the server gave out last, for their owner alone', async (t) => {
    const { folder, keeper } = await setUp(t);
    assert.equal(await loadSettings(folder), undefined);
    await keeper.save();
    assert.deepEqual(await loadSettings(folder), SETTINGS);
    await Promise.all([keeper.keep({ id: '1' }), keeper.keep({ id: '2', resumeToken: 't' })]);
    assert.deepEqual(await loadSettings(folder), { ...SETTINGS, id: '2', resumeToken: 't' });
    assert.deepEqual(keeper.account(), { ...SETTINGS, invite: 'i', id: '2', resumeToken: 't' });
    if (process.platform !== 'win32') assert.equal((await stat(join(folder, 'peer.json'))).mode & 0o777, 0o600);
  });

  it('do not stop a session where the disk fails: that is logged, and made good the next time', async (t) => {
    const { folder, keeper, logged } = await setUp(t);
    await rm(folder, { recursive: true });
    await keeper.keep({ id: '1', resumeToken: 't' });
    assert.match(logged.join(), /could not be kept/);
    assert.equal(keeper.account().id, '1');
    await assert.rejects(keeper.save(), { code: 'disk-error' });
    await mkdir(folder);
    await keeper.keep({ id: '1', resumeToken: 'u' });
    assert.deepEqual(await loadSettings(folder), { ...SETTINGS, id: '1', resumeToken: 'u' });
  });

  it('are refused when they are damaged', async (t) => {
    const { folder } = await setUp(t);
    await writeFile(join(folder, 'peer.json'), '{"username":');
    await assert.rejects(loadSettings(folder), { code: 'disk-error' });
  });
});
