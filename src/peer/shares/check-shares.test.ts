import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/processes.ts';
import { refuseMissing } from './check-shares.ts';

test('a new folder must be there, one that was shared before may be away, under whatever label', async (t) => {
  const { path: there, remove } = await temporaryFolder('check-shares');
  t.after(remove);
  const away = { label: 'away', folder: join(there, 'away') };
  await refuseMissing([{ label: 'there', folder: there }], []);
  await refuseMissing([{ ...away, label: 'other' }], [away]);
  const before = [{ label: 'away', folder: there }];
  await assert.rejects(refuseMissing([away], before), { code: 'not-found', message: /away is not there/ });
});
