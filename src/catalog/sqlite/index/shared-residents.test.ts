import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Resident } from '../../segment/segment-file.ts';
import { createResidentSharing, receiveResidents, type ResidentSharing, type ThreadData } from './shared-residents.ts';

function resident(length: number): Resident {
  return { footer: { format: 2, sections: [] }, bytes: new Uint8Array(new SharedArrayBuffer(length)) };
}

/** What a thread gets that starts now: a copy, whose memory is the same. */
function startedNow({ data }: ResidentSharing): ThreadData {
  return structuredClone(data);
}

it('what is in memory of a segment is there once for all threads, and given to each once', async (t) => {
  const sharing = createResidentSharing('nowhere');
  t.after(() => {
    sharing.close();
  });
  const [one, other] = [receiveResidents(startedNow(sharing)), receiveResidents(startedNow(sharing))];
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
  const sharing = createResidentSharing('nowhere');
  t.after(() => {
    sharing.close();
  });
  const residents = receiveResidents(startedNow(sharing));
  for (let key = 1; key <= 100; key += 1) sharing.share(key, resident(1));
  while (!residents.get(100)) await breathe();
  assert.equal(residents.get(1), undefined);
  assert.ok(residents.get(99));
});

it('a thread that starts later is told of what was shared before and is not gone', (t) => {
  const sharing = createResidentSharing('nowhere');
  t.after(() => {
    sharing.close();
  });
  const shared = resident(8);
  for (let key = 1; key <= 100; key += 1) sharing.share(key, shared);
  sharing.forget(3);
  const data = startedNow(sharing);
  const residents = receiveResidents(data);
  assert.equal(data.residents.size, 0, 'it would be held as long as the thread lives');
  assert.equal(residents.get(3), undefined);
  const received = residents.get(1);
  shared.bytes[0] = 7;
  assert.equal(received?.bytes[0], 7);
});
