import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviceForPeer, adviceForSelf, reachesUsBy } from './advice.ts';
import type { WayTried } from './findings.ts';

const SELF = {
  username: 'ada',
  server: 'meet.example.org:7474',
  listen: '[::]:7475',
  lan: [],
  portMapping: { state: 'none', message: 'no router answers' },
  link: { state: 'online', id: '1' },
} as const;
const works = (kind: WayTried['kind']): WayTried => ({ kind, tookMs: 1 });
const fails = (kind: WayTried['kind'], code: 'unreachable' | 'no-relay' | 'wrong-key' = 'unreachable'): WayTried => ({
  kind,
  address: '192.0.2.7:7475',
  error: { code, message: 'no' },
});

describe('advice', () => {
  it('is what opens the port of a peer that nobody can dial', () => {
    assert.match(adviceForSelf(SELF).join(), /Open TCP port 7475 .* turn on UPnP, NAT-PMP or PCP/);
    const portMapping = { state: 'mapped', by: 'UPnP', router: '192.168.1.1', externalPort: 40_000 } as const;
    assert.match(adviceForSelf({ ...SELF, portMapping }).join(), /port 40000.* second router/);
    for (const listen of ['127.0.0.1:7475', '[::1]:7475', 'localhost:7475']) {
      assert.match(adviceForSelf({ ...SELF, listen }).join(), /--listen \[::\]:7475/);
    }
  });

  it('is none where all is well, and about nothing else where there is no server', () => {
    const link = { state: 'online', id: '1', address: '192.0.2.1:7475' } as const;
    assert.deepEqual(adviceForSelf({ ...SELF, link, clockAheadS: 3 }), []);
    assert.match(adviceForSelf({ ...SELF, link, clockAheadS: -200 }).join(), /200 s behind/);
    const offline = { state: 'offline', code: 'unreachable', message: 'it is down', retryAtMs: 0 } as const;
    assert.deepEqual(adviceForSelf({ ...SELF, link: offline }).length, 1);
  });

  it('is how another peer could be reached, or better', () => {
    const bob = { username: 'bob', isPublished: true };
    assert.deepEqual(adviceForPeer({ ...bob, ways: [works('direct')], reachedBy: 'direct' }), []);
    assert.match(adviceForPeer({ ...bob, ways: [works('relay')], reachedBy: 'relay' }).join(), /through the server/);
    assert.match(adviceForPeer({ ...bob, ways: [fails('relay', 'no-relay')] }).join(), /--no-relay/);
    assert.match(adviceForPeer({ ...bob, ways: [fails('relay')] }).join(), /answers in no way/);
    assert.match(adviceForPeer({ ...bob, ways: [fails('direct', 'wrong-key')] }).join(), /somebody else answers/);
  });
});

describe('how another peer reaches this one', () => {
  it('follows from what works from here', () => {
    assert.equal(reachesUsBy(false, [works('dial-back')], true), 'direct');
    assert.equal(reachesUsBy(true, [works('direct'), works('relay')], false), 'dial-back');
    assert.equal(reachesUsBy(false, [works('relay')], false), 'relay');
    assert.equal(reachesUsBy(false, [fails('relay')], false), undefined);
  });
});
