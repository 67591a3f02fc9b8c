import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { SMALL_BYTES_MAX } from '../limits.ts';
import { registerRequest, registerUpdateRequest } from './session.ts';

const MEGABYTES = 32 * 1024 * 1024;
const LINE = `share/a.bin|1|${'a'.repeat(40)}\n`;

function refuses(act: () => unknown, reason: RegExp): void {
  assert.throws(
    act,
    (error) => error instanceof SwapmeetError && error.code === 'bad-request' && reason.test(error.message),
  );
}

describe('REGISTER', () => {
  it('leaves the list in its bytes, uncopied', () => {
    const payload = Buffer.from(`alice\nsesame\n${LINE.repeat(1_000)}|invite=x`);
    const { fileList, invite } = registerRequest.decode(payload);
    assert.equal(fileList.buffer, payload.buffer);
    assert.equal(Buffer.from(fileList).toString(), LINE.repeat(1_000).trimEnd());
    assert.equal(invite, 'x');
  });

  it('does not take a field of megabytes apart', () => {
    const escapes = Buffer.alloc(MEGABYTES, '%25');
    refuses(() => registerRequest.decode(escapes), /line 1 is over 8192 bytes/);
    refuses(() => registerRequest.decode(Buffer.concat([Buffer.from('alice\n'), escapes])), /line 2 is over/);
  });

  it('does not take attributes of megabytes apart', () => {
    const payload = Buffer.concat([Buffer.from('alice\nsesame\n'), Buffer.alloc(MEGABYTES, '|a=1\n')]);
    refuses(() => registerRequest.decode(payload), /given twice/);
  });

  it('looks for attributes in the last 8192 bytes alone: before those, a line with a bar is one of the list', () => {
    for (const [bytes, isAttribute] of [
      [SMALL_BYTES_MAX, true],
      [SMALL_BYTES_MAX + 1, false],
    ] as const) {
      const tail = `|invite=${'x'.repeat(bytes - '|invite='.length)}`;
      for (const list of ['', LINE]) {
        const { fileList, invite } = registerRequest.decode(Buffer.from(`alice\nsesame\n${list}${tail}`));
        assert.equal(invite !== undefined, isAttribute);
        assert.equal(Buffer.from(fileList).toString(), isAttribute ? list.trimEnd() : list + tail);
      }
    }
  });

  it('takes a bar at a line’s beginning within the list for the attributes that end it', () => {
    const payload = Buffer.from(`alice\nsesame\n${LINE}|invite=x\n${LINE}`);
    refuses(() => registerRequest.decode(payload), /nothing comes after them/);
  });

  it('takes fields up to their cap', () => {
    const password = '%'.repeat(1_024);
    const payload = Buffer.from(registerRequest.encode({ username: 'alice', password, fileList: Buffer.alloc(0) }));
    assert.ok(payload.length < SMALL_BYTES_MAX);
    assert.equal(registerRequest.decode(payload).password, password);
  });
});

describe('REGISTER_UPDATE', () => {
  it('ignores attributes, and keeps them out of the list', () => {
    const { fileList, id } = registerUpdateRequest.decode(Buffer.from(`alice\nsesame\nid-1\n${LINE}|later=x`));
    assert.equal(id, 'id-1');
    assert.equal(Buffer.from(fileList).toString(), LINE.trimEnd());
  });
});
