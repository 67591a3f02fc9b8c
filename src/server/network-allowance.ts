import { scopeOf } from '../catalog/address-scope.ts';
import { networkOf } from '../transport/network-of.ts';
import { createAllowances, type Allowance, type Allowances } from './allowances.ts';

/** What each network may still use of something. */
export type NetworkAllowance = {
  /** What the network of an address has left; a debt is below zero. */
  left(address: string): number;
  use(address: string): void;
};

/** @param rates everybody on the server's machine shares one address, so loopback has a rate of its own */
export function createNetworkAllowance(
  rates: { readonly remote: Allowance; readonly loopback: Allowance },
  now: () => number,
): NetworkAllowance {
  const remote = createAllowances(rates.remote, now);
  const loopback = createAllowances(rates.loopback, now);
  const allowancesOf = (address: string): Allowances => (scopeOf(address) === 'loopback' ? loopback : remote);
  return {
    left: (address) => allowancesOf(address).left(networkOf(address)),
    use: (address) => {
      allowancesOf(address).use(networkOf(address));
    },
  };
}
