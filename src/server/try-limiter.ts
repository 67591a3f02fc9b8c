import { SwapmeetError } from '../domain/errors.ts';
import { createNetworkAllowance } from './network-allowance.ts';

/** Bounds how often one address may be wrong: about a password, or with a list. */
export type TryLimiter = {
  /** @throws SwapmeetError `busy` while the address has no tries left */
  check(address: string): void;
  /** The address was wrong. */
  fail(address: string): void;
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
  const limiter: TryLimiter = {
    check(address) {
      if (tries.left(address) >= 1) return;
      throw new SwapmeetError('busy', 'too many wrong passwords or lists from this address; try again in a minute');
    },
    fail(address) {
      tries.use(address);
    },
    async attempt(address, check) {
      limiter.check(address);
      const right = await check();
      if (!right) limiter.fail(address);
      return right;
    },
  };
  return limiter;
}
