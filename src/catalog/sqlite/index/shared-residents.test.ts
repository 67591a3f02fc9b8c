import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Resident } from '../../segment/segment-file.ts';
import { createResidentSharing, receiveResidents } from './shared-residents.ts';

function resident(length: number): Resident {
  return { footer: { format: 2, sections: [] }, bytes: new Uint8Array(new SharedArrayBuffer(length)) };
}

it('what is in memory of a segment is there once for all threads, and given to each once', async (t) => {
  const channel = `swapmeet-test-${randomUUID()}`;
  const sharing = createResidentSharing(channel);
  t.after(() => {
    sharing.close();
  });
  const [one, other] = [receiveResidents(channel), receiveResidents(channel)];
  const shared = resident(8);
  sharing.share(3, shared);
  let received: Resident | undefined;
  while (!(received = one.get(3))) await breathe();
  shared.bytes[0] = 7;
  assert.equal(received.bytes[0], 7);
  assert.equal(one.get(3), undefined);
  while (!other.get(3)) await breathe();
});

it('what nobody asks for does not gather', async (t) => {
  const channel = `swapmeet-test-${randomUUID()}`;
  const sharing = createResidentSharing(channel);
  t.after(() => {
    sharing.close();
  });
  const residents = receiveResidents(channel);
  for (let key = 1; key <= 100; key += 1) sharing.share(key, resident(1));
  while (!residents.get(100)) await breathe();
  assert.equal(residents.get(1), undefined);
  assert.ok(residents.get(99));
});
