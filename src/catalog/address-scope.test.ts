import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isVisibleTo, scopeOf } from './address-scope.ts';

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
});
