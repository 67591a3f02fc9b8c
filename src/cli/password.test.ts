import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { SwapmeetError } from '../domain/errors.ts';
import { readPassword } from './password.ts';

describe('a password', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swapmeet-password-'));
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(() => {
    delete process.env['SWAPMEET_PASSWORD'];
  });

  async function passwordFile(text: string): Promise<string> {
    const file = join(folder, 'password');
    await writeFile(file, text);
    return file;
  }

  function isBadArgument(error: unknown): boolean {
    return error instanceof SwapmeetError && error.code === 'bad-argument' && !error.message.includes('secret');
  }

  it('nobody has to give a password', async () => {
    assert.equal(await readPassword({}), undefined);
    process.env['SWAPMEET_PASSWORD'] = '';
    assert.equal(await readPassword({}), undefined);
  });

  it('it comes from the environment, or rather from a file', async () => {
    process.env['SWAPMEET_PASSWORD'] = 'from the environment';
    assert.equal(await readPassword({}), 'from the environment');
    for (const text of ['pass word', 'pass word\n', 'pass word\r\nsecond line']) {
      assert.equal(await readPassword({ passwordFile: await passwordFile(text) }), 'pass word');
    }
  });

  it('what can’t be a password is refused without showing it', async () => {
    await assert.rejects(readPassword({ passwordFile: join(folder, 'none') }), isBadArgument);
    for (const text of ['', '\nsecret', 'secret'.repeat(200)]) {
      await assert.rejects(readPassword({ passwordFile: await passwordFile(text) }), isBadArgument);
    }
  });

  it('without a terminal nothing is asked', { skip: process.stdin.isTTY }, async () => {
    await assert.rejects(readPassword({ askPassword: true }), isBadArgument);
  });
});
