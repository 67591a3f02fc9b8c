import { SwapmeetError } from '../domain/errors.ts';
import { createNetworkAllowance } from './network-allowance.ts';

/** Bounds how many usernames one network may register where nobody needs an invite. */
export type NewcomerLimiter = {
  /** Counts one. @throws SwapmeetError `busy` while the network has none left */
  admit(address: string): void;
};

/** A room full of people behind one address may join at once; a program that takes all names may not. */
const RATES = { remote: { most: 100, perSecond: 1 / 60 }, loopback: { most: 1_000, perSecond: 10 } } as const;

export function createNewcomerLimiter(now: () => number): NewcomerLimiter {
  const newcomers = createNetworkAllowance(RATES, now);
  return {
    admit(address) {
      if (newcomers.left(address) < 1) {
        throw new SwapmeetError('busy', 'too many new usernames from this address; try again in a minute');
      }
      newcomers.use(address);
    },
  };
}
