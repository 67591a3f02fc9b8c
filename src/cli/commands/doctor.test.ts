import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownLines, peerLines } from './doctor.ts';

const SELF = {
  kind: 'self',
  username: 'ada',
  server: '192.0.2.1:7474',
  link: { state: 'online', id: '1' },
  listen: '[::]:7475',
  lan: ['192.168.1.5:7475'],
  portMapping: { state: 'mapped', by: 'UPnP', router: '192.168.1.1', externalPort: 7475 },
  clockAheadS: -90,
  advice: ['Do this.'],
} as const;

describe('swapmeet doctor', () => {
  it('says where this peer stands', () => {
    assert.deepEqual(ownLines(SELF), [
      'ada, this peer: online at 192.0.2.1:7474',
      '  listens on         [::]:7475',
      '  published          no: nobody can dial this peer',
      '  private addresses  192.168.1.5:7475',
      '  port mapping       port 7475 of the router 192.168.1.1, by UPnP',
      "  clock              90 s behind the server's",
      '  → Do this.',
    ]);
  });

  it('says how another one is reached, what failed, and what to do', () => {
    const ways = [
      { kind: 'direct', address: '192.0.2.7:7475', error: { code: 'unreachable', message: 'it did not answer' } },
      { kind: 'relay', tookMs: 40 },
    ] as const;
    const finding = { kind: 'peer', username: 'bob', id: '2', isPublished: true, ways, advice: ['Do that.'] } as const;
    assert.deepEqual(peerLines({ ...finding, reachedBy: 'relay' }), [
      'bob: reached through the relay; it can’t reach this peer',
      '  ✗ direct 192.0.2.7:7475: it did not answer',
      '  ✓ relay, 40 ms',
      '  → Do that.',
    ]);
    assert.deepEqual(peerLines({ ...finding, ways: [] }), ['bob', '  → Do that.']);
  });
});
