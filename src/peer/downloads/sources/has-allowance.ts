import { SwapmeetError } from '../../../domain/errors.ts';

/** What one connection may say at once, and more for each second that it lasts: ten times what a peer has to say. */
const FREE = 1_000;
const PER_SECOND = 100;

/**
 * How many HAS one connection may send: each makes work. The time that counts is that of the whole connection, since those of
 * minutes come together when this side did not read. [PROTOCOL §8]
 *
 * @param now ms
 */
export function createHasAllowance(now: () => number): { readonly spend: () => void } {
  const sinceMs = now();
  let spent = 0;
  return {
    /** @throws SwapmeetError `protocol-error` where it is too much */
    spend() {
      spent += 1;
      if (spent <= FREE + ((now() - sinceMs) / 1_000) * PER_SECOND) return;
      throw new SwapmeetError('protocol-error', 'the source floods its listeners with HAS');
    },
  };
}
