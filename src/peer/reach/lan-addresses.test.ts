import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { describe, it } from 'node:test';
import { lanAddresses } from './lan-addresses.ts';

function at(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { address, netmask: '', mac: '', internal, cidr: null };
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' };
}

const INTERFACES = {
  lo: [at('127.0.0.1', true)],
  eth0: [at('fe80::1'), at('fd00::5'), at('2001:db8::5'), at('192.168.1.5'), at('8.8.8.8')],
  docker0: [at('172.17.0.1')],
  wg0: [at('100.64.0.5')],
};

function hosts(address: string): string[] {
  return lanAddresses(INTERFACES, { address, port: 7475 }).map(({ host }) => host);
}

describe('private addresses', () => {
  it('are those that others on the same networks can dial', () => {
    assert.deepEqual(hosts('::'), ['192.168.1.5', '100.64.0.5', 'fd00::5']);
    assert.deepEqual(hosts('0.0.0.0'), ['192.168.1.5', '100.64.0.5']);
    assert.deepEqual(hosts('192.168.1.5'), ['192.168.1.5']);
    assert.deepEqual(hosts('127.0.0.1'), []);
  });

  it('are few', () => {
    const eth0 = Array.from({ length: 20 }, (_, number) => at(`10.0.0.${number + 1}`));
    assert.equal(lanAddresses({ eth0 }, { address: '::', port: 7475 }).length, 8);
  });
});
