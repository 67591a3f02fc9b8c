import type { Page, PageRequest } from '../../../protocol/codecs/page.ts';
import { PAGE_ROWS_DEFAULT } from '../../../protocol/limits.ts';
import type { DamageView, VerifyReport } from '../../verify-view.ts';
import { damageView } from './damage.ts';
import type { FileStamp } from '../hashing/file-stamp.ts';
import { diskOf, labelOf } from '../place.ts';
import type { StoredDamage } from '../store/checked-files.ts';
import type { RepairParts } from '../store/repair-parts.ts';
import { scopeOf, type Scope } from './scope.ts';
import { createVerifier, type VerifierOptions } from './verifier.ts';

/** What is found by rereading shared files, and what is known of it. */
export type Verification = {
  /**
   * Rereads shared files: shares by label, files and folders by published or absolute path; all where none is named. The same
   * again goes on where it was interrupted.
   *
   * @throws SwapmeetError `not-found` for what names nothing that is shared, at once
   */
  readonly verify: (names: readonly string[], signal: AbortSignal) => AsyncIterable<VerifyReport>;
  /** A page of what is known to be damaged, in order of path. */
  readonly damages: (request: PageRequest) => Page<DamageView>;
  /** What is known to be damaged of what is named, as for `verify`; found as it is asked for. @throws as `verify` does */
  readonly damagesOf: (names: readonly string[]) => Iterable<DamageView>;
  /** The same for who repairs it. @throws as `verify` does */
  readonly damagedFiles: (names: readonly string[]) => Iterable<DamagedFile>;
  readonly repairParts: RepairParts;
  /** To call when a file at this place may be another one. */
  readonly lookAgain: (disk: string) => void;
};

/** What repairing takes. An empty file can't be damaged. */
export type DamagedFile = FileStamp & {
  readonly path: string;
  /** Absolute. */
  readonly disk: string;
  readonly sha1: string;
  readonly root: string;
  readonly layer: Uint8Array;
};

/** Text compares as UTF-8 bytes, of which this is the greatest character. */
const EVERYTHING = { from: '', to: '\u{10FFFF}' };

const PAGE_FILES = 64;

export function openVerification(options: VerifierOptions & { readonly repairParts: RepairParts }): Verification {
  const { verify } = createVerifier(options);
  const shared = { shares: [...options.shares.values()], hasFiles: options.files.hasAny };
  const scopeNamed = (names: readonly string[]): Scope => scopeOf(shared, names);
  return {
    verify: (names, signal) => verify(scopeNamed(names), signal),
    damagesOf: (names) => viewsOf(damagesIn(options, scopeNamed(names))),
    damagedFiles: (names) => damagedIn(options, scopeNamed(names)),
    repairParts: options.repairParts,
    lookAgain: options.onStale,
    damages({ after = '', limit = PAGE_ROWS_DEFAULT }) {
      const found = options.files.damages(EVERYTHING, after, limit + 1);
      const rows = found.slice(0, limit).map((damage) => damageView(damage, damage));
      const next = found.length > limit ? rows.at(-1)?.path : undefined;
      return { rows, ...(next !== undefined && { next }) };
    },
  };
}

function* viewsOf(damages: Iterable<StoredDamage>): Generator<DamageView> {
  for (const damage of damages) yield damageView(damage, damage);
}

function* damagedIn(options: VerifierOptions, scope: Scope): Generator<DamagedFile> {
  for (const file of damagesIn(options, scope)) {
    const share = options.shares.get(labelOf(file.path));
    const layer = options.layerOf(file);
    const { root } = file;
    if (share && layer && root !== undefined) yield { ...file, disk: diskOf(share, file.path, file.disk), root, layer };
  }
}

function* damagesIn({ files }: Pick<VerifierOptions, 'files'>, { ranges }: Scope): Generator<StoredDamage> {
  for (const range of ranges) {
    let page = files.damages(range, '', PAGE_FILES);
    while (page.length > 0) {
      yield* page;
      page = files.damages(range, page.at(-1)?.path ?? '', PAGE_FILES);
    }
  }
}
