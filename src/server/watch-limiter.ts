import { SwapmeetError } from '../domain/errors.ts';
import { createNetworkAllowance } from './network-allowance.ts';

/** Bounds how often one network may leave watches and take them back: each time the server looks up what is there, and writes. */
export type WatchLimiter = {
  /** Counts one. @throws SwapmeetError `busy` while the network has none left */
  admit(address: string): void;
};

/** A peer whose server lost its watches leaves all of them anew, and several may share an address. */
const RATES = { remote: { most: 5_000, perSecond: 2 }, loopback: { most: 50_000, perSecond: 200 } } as const;

export function createWatchLimiter(now: () => number): WatchLimiter {
  const changes = createNetworkAllowance(RATES, now);
  return {
    admit(address) {
      if (changes.left(address) < 1) {
        throw new SwapmeetError(
          'busy',
          'too many watches left and taken back from this address; try again in a minute',
        );
      }
      changes.use(address);
    },
  };
}
