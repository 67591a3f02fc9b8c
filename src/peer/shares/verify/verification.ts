import type { Page, PageRequest } from '../../../protocol/codecs/page.ts';
import { PAGE_ROWS_DEFAULT } from '../../../protocol/limits.ts';
import type { DamageView, VerifyReport } from '../../verify-view.ts';
import { damageView } from './damage.ts';
import { scopeOf } from './scope.ts';
import { createVerifier, type VerifierOptions } from './verifier.ts';

/** What is found by rereading shared files, and what is known of it. */
export type Verification = {
  /**
   * Rereads shared files: shares by label, files and folders by published or absolute path; all where none is named. The same
   * again goes on where it was interrupted.
   *
   * @throws SwapmeetError `not-found` for what is not shared, at once
   */
  readonly verify: (names: readonly string[], signal: AbortSignal) => AsyncIterable<VerifyReport>;
  /** A page of what is known to be damaged, in order of path. */
  readonly damages: (request: PageRequest) => Page<DamageView>;
};

/** Text compares as UTF-8 bytes, of which this is the greatest character. */
const EVERYTHING = { from: '', to: '\u{10FFFF}' };

export function openVerification(options: VerifierOptions): Verification {
  const { verify } = createVerifier(options);
  return {
    verify: (names, signal) => verify(scopeOf([...options.shares.values()], names), signal),
    damages({ after = '', limit = PAGE_ROWS_DEFAULT }) {
      const found = options.files.damages(EVERYTHING, after, limit + 1);
      const rows = found.slice(0, limit).map((damage) => damageView(damage, damage));
      const next = found.length > limit ? rows.at(-1)?.path : undefined;
      return { rows, ...(next !== undefined && { next }) };
    },
  };
}
