import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../../domain/errors.ts';
import { pathFailure } from './path-failure.ts';

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, errno: -1, syscall: 'open' });
}

describe('a path that the disk refuses', () => {
  it('is the file’s own fault where it is the name’s', () => {
    for (const code of ['ENAMETOOLONG', 'EILSEQ', 'EINVAL']) {
      const failure = pathFailure(systemError(code), '/downloads/a:b');
      assert.ok(failure instanceof SwapmeetError && failure.code === 'bad-path', code);
    }
  });

  it('is the disk’s otherwise', () => {
    for (const [errno, code] of [
      ['EROFS', 'disk-error'],
      ['ENOSPC', 'disk-full'],
    ] as const) {
      const failure = pathFailure(systemError(errno), '/downloads/a');
      assert.ok(failure instanceof SwapmeetError && failure.code === code, errno);
    }
  });
});
