import { SwapmeetError } from '../domain/errors.ts';
import { createNetworkAllowance } from './network-allowance.ts';

/** Bounds how often one address may be wrong about a password. */
export type TryLimiter = {
  /**
   * Runs the check of a password and resolves to its result. Only false counts against the address, and only then: many that are
   * right may be checked at once. Guesses that were checked at once leave a debt, so that they gain nothing in the long run.
   *
   * @throws SwapmeetError `busy` while the address has no tries left
   */
  attempt(address: string, check: () => Promise<boolean>): Promise<boolean>;
};

/** A person mistypes, a program guesses. */
const RATES = { remote: { most: 20, perSecond: 0.2 }, loopback: { most: 200, perSecond: 20 } } as const;

export function createTryLimiter(now: () => number): TryLimiter {
  const tries = createNetworkAllowance(RATES, now);
  return {
    async attempt(address, check) {
      if (tries.left(address) < 1) {
        throw new SwapmeetError('busy', 'too many wrong passwords from this address; try again in a minute');
      }
      const right = await check();
      if (!right) tries.use(address);
      return right;
    },
  };
}
