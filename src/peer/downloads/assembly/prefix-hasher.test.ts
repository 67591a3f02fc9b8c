import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { READ_BYTES } from '../../shares/hashing/open-file.ts';
import { createPrefixHasher } from './prefix-hasher.ts';

const folder = mkdtempSync(join(tmpdir(), 'swapmeet-prefix-hasher-'));
const path = join(folder, 'file');
const bytes = randomFillSync(Buffer.alloc(3 * READ_BYTES));
writeFileSync(path, bytes);
const fd = openSync(path, 'r');
after(() => {
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

const sha1 = createHash('sha1').update(bytes).digest('hex');

describe('a prefix hasher', () => {
  it('reads the file step by step', () => {
    const hasher = createPrefixHasher({ fd, path });
    for (const toOffset of [0, 1, READ_BYTES + 5, READ_BYTES + 5, bytes.length]) {
      hasher.advance(toOffset);
      assert.equal(hasher.offset(), toOffset);
    }
    assert.throws(
      () => {
        hasher.advance(bytes.length + 1);
      },
      { code: 'changed' },
    );
    assert.equal(hasher.digest(), sha1);
  });

  it('takes bytes as they come, and takes those back that turn out wrong', () => {
    const hasher = createPrefixHasher({ fd, path });
    hasher.put(bytes.subarray(0, 100));
    hasher.keep();
    hasher.put(Buffer.alloc(50));
    assert.equal(hasher.offset(), 100);
    assert.ok(hasher.follows(150));
    hasher.takeBack();
    assert.ok(hasher.follows(100));
    hasher.put(bytes.subarray(100));
    hasher.keep();
    assert.equal(hasher.digest(), sha1);
  });

  it('reads on from what is right, whatever came after it', () => {
    const hasher = createPrefixHasher({ fd, path });
    hasher.put(bytes.subarray(0, 100));
    hasher.keep();
    hasher.put(Buffer.alloc(50));
    hasher.advance(READ_BYTES);
    assert.ok(hasher.follows(READ_BYTES));
    hasher.put(bytes.subarray(READ_BYTES));
    hasher.keep();
    assert.equal(hasher.digest(), sha1);
  });
});
