import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakePeerControl } from '../../test/support/fake-peer-control.ts';
import type { ShareSummary } from '../peer/control.ts';
import { hashingOf, hashingText } from './hashing-progress.ts';

const HASHING = { filesDone: 1, filesTotal: 4, bytesDone: 30, bytesTotal: 120 };

function textOf(...states: readonly Pick<ShareSummary, 'looking' | 'hashing'>[]): string | undefined {
  const control = createFakePeerControl();
  control.shares_ = states.map((state) => ({ label: 'S', folder: '/s', files: 0, sizeBytes: 0, ...state }));
  const hashing = hashingOf(control);
  return hashing && hashingText(hashing);
}

test('hashing is a part of the whole only once the whole is known', () => {
  assert.equal(textOf({}), undefined);
  assert.equal(textOf({ hashing: HASHING }, { hashing: HASHING }), 'hashing: 25% of 240 B, 6 files left');
  assert.equal(textOf({ looking: { filesFound: 7 } }), 'looking: 7 files so far');
  assert.equal(
    textOf({ looking: { filesFound: 7 } }, { hashing: HASHING }),
    'looking: 7 files so far, 30 B of 120 B hashed',
  );
});
