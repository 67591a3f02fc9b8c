import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisibleTo, privateOf, scopeOf } from './address-scope.ts';

const SCOPES = [
  ['loopback', ['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1']],
  ['private', ['10.1.2.3', '172.16.0.1', '192.168.1.5', '169.254.1.1', '100.64.0.1', 'fd00::1', 'fe80::1%eth0']],
  ['public', ['8.8.8.8', '::ffff:8.8.8.8', '2a00:1450:4001::1', '', 'not an address']],
] as const;

describe('address scope', () => {
  for (const [scope, addresses] of SCOPES) {
    for (const address of addresses) {
      it(`${scope}: “${address}”`, () => {
        assert.equal(scopeOf(address), scope);
      });
    }
  }

  it('shows an address to those who are at least as near', () => {
    const addresses = ['127.0.0.1', '192.168.1.5', '8.8.8.8'];
    const visible = addresses.map((address) => addresses.filter((viewer) => isVisibleTo(address, viewer)));
    assert.deepEqual(visible, [['127.0.0.1'], ['127.0.0.1', '192.168.1.5'], addresses]);
  });

  it('lets a peer name addresses of machines on its own network, and no other', () => {
    const kept = ['10.1.2.3', '192.168.1.5', '100.64.0.1', 'fd00::1', '::ffff:10.0.0.1'];
    const elsewhere = ['8.8.8.8', '127.0.0.1', '::1', '0.0.0.0', '::', '169.254.169.254', 'fe80::1', '224.0.0.1'];
    const named = [...kept, ...elsewhere, '255.255.255.255', 'router.local'].map((host) => ({ host, port: 22 }));
    assert.deepEqual(
      privateOf(named).map(({ host }) => host),
      kept,
    );
  });
});
