import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDoctor } from './doctor.ts';
import type { Finding } from './findings.ts';

const ID = 'own-id';

describe('the doctor, asked about this peer by its name', () => {
  it('tells of it alone, and does not try to reach it', async () => {
    const examine = createDoctor({
      username: 'ada',
      server: 'meet.example.org:7474',
      listener: { address: '::', port: 7475 },
      link: {
        status: () => ({ state: 'online', id: ID, address: '192.0.2.1:7475' }),
        serverNow: Date.now,
        call: (name) => Promise.reject(new Error(`${name} is not needed for this`)),
      },
      directory: { findPeer: () => Promise.resolve(ID) },
      mapping: { status: () => ({ state: 'off' }) },
      reach: { waysTo: () => assert.fail('it looked for ways to itself') },
      now: Date.now,
    });
    const found: Finding[] = [];
    for await (const finding of examine('ada', new AbortController().signal)) found.push(finding);
    assert.deepEqual(
      found.map(({ kind, advice }) => [kind, advice]),
      [['self', []]],
    );
  });
});
