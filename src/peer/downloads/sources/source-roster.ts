import type { SwapmeetError } from '../../../domain/errors.ts';
import type { Source } from '../../../protocol/codecs/search.ts';
import { backOffMs, type BackOff } from '../../back-off.ts';
import type { Content } from '../content.ts';

/** A source that can be dialled: one on plaintext has no key, and could be anybody. */
export type KeyedSource = Source & { readonly key: string };

/** Who offers a content, and whom to ask next. */
export type SourceRoster = {
  /** The sources that are online now, as the server lists them. */
  update(sources: readonly Source[]): void;
  /** One that may be asked now and is not asked already: of these, one of those that failed least often. */
  next(asked?: ReadonlySet<string>): KeyedSource | undefined;
  /** When one of the others may be asked again, Unix ms. */
  nextRetryMs(): number | undefined;
  /** It is left alone for a while. */
  failed(source: KeyedSource, error: SwapmeetError): void;
  /** How one of those that are left alone failed last. */
  lastFailure(): SwapmeetError | undefined;
  /** It gave a piece that is right. */
  served(source: KeyedSource): void;
  /** It sent wrong bytes, and is never asked again. */
  exclude(key: string): void;
  /** Who published the content, as far as is known now. */
  usernames(): readonly string[];
};

type Rest = { readonly failures: number; readonly untilMs: number; readonly error: SwapmeetError };

export type RosterOptions = {
  readonly content: Content;
  /** This peer, which may well be listed itself: asked only where nobody else has the content. */
  readonly ownKey: string;
  readonly retry: BackOff;
  readonly now: () => number;
  /** In [0, 1): spreads those who download the same over the sources. */
  readonly random: () => number;
};

/** Somebody who comes back at another address has been started anew, and is not held to what was. */
function placeOf({ key, address, port }: KeyedSource): string {
  return `${key}@${address}:${port}`;
}

export function createSourceRoster({ content, ownKey, retry, now, random }: RosterOptions): SourceRoster {
  const excluded = new Set<string>();
  const rests = new Map<string, Rest>();
  let listed: readonly KeyedSource[] = [];

  function isUsable(source: Source): source is KeyedSource {
    const isSame =
      source.sizeBytes === content.sizeBytes && (content.root === undefined || source.root === content.root);
    // What this peer holds in part it has not to fetch from itself.
    return isSame && source.key !== undefined && !(source.part && source.key === ownKey);
  }

  function candidates(): readonly KeyedSource[] {
    const allowed = listed.filter(({ key }) => !excluded.has(key));
    const others = allowed.filter(({ key }) => key !== ownKey);
    return others.length > 0 ? others : allowed;
  }

  function failuresOf(source: KeyedSource): number {
    return rests.get(placeOf(source))?.failures ?? 0;
  }

  function untilMsOf(source: KeyedSource): number {
    return rests.get(placeOf(source))?.untilMs ?? 0;
  }

  return {
    update(sources) {
      listed = sources.filter(isUsable);
      const places = new Set(listed.map(placeOf));
      for (const place of rests.keys()) if (!places.has(place)) rests.delete(place);
    },
    next(asked = new Set()) {
      const ready = candidates().filter((source) => untilMsOf(source) <= now() && !asked.has(source.key));
      const fewest = Math.min(...ready.map(failuresOf));
      const best = ready.filter((source) => failuresOf(source) === fewest);
      return best[Math.floor(random() * best.length)];
    },
    nextRetryMs() {
      const times = candidates().map(untilMsOf);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    failed(source, error) {
      const failures = failuresOf(source) + 1;
      rests.delete(placeOf(source));
      rests.set(placeOf(source), { failures, untilMs: now() + backOffMs(retry, failures), error });
    },
    lastFailure: () => [...rests.values()].at(-1)?.error,
    served(source) {
      rests.delete(placeOf(source));
    },
    exclude(key) {
      excluded.add(key);
    },
    usernames: () => [...new Set(listed.map(({ username }) => username))],
  };
}
