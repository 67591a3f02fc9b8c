/** An answer, and until when it stays the same if nothing changes: peers that fall silent are offline after a while. */
export type Answer = { readonly payload: Uint8Array; readonly goodUntilMs: number };

/** Keeps the answers that were given last, as long as what they tell is so. */
export type AnswerCache = {
  /**
   * The answer that is kept, or else one that is asked for.
   *
   * @param key says all that the answer depends on, but for the catalog and the time
   */
  answer(key: string, nowMs: number, ask: () => Promise<Answer>): Promise<Uint8Array>;
  /** Something has changed: nothing that was asked for before is kept any more. */
  clear(): void;
  /**
   * The same as soon as a change is made, unless that says that no answer tells of it. Resolves then; a change that fails may be made
   * all the same.
   */
  clearAfter(change: Promise<boolean>): Promise<void>;
};

type Kept = Answer & { readonly sinceMs: number };

/** Some thousand pages of a hundred rows. */
const BYTES_MAX = 32 * 1024 * 1024;
/** One that takes more than such a part of it would drive out too many others. */
const SHARE_MAX = 1 / 16;
/** What keeping one takes beside its key and its bytes, about. */
const OVERHEAD_BYTES = 512;

export function createAnswerCache(bytesMax = BYTES_MAX): AnswerCache {
  /** The one that was asked for last at the end. */
  const kept = new Map<string, Kept>();
  let bytes = 0;
  let changes = 0;

  function drop(key: string): void {
    const answer = kept.get(key);
    if (answer === undefined) return;
    bytes -= bytesOf(key, answer);
    kept.delete(key);
  }

  function keep(key: string, answer: Kept): void {
    drop(key);
    if (bytesOf(key, answer) > bytesMax * SHARE_MAX) return;
    bytes += bytesOf(key, answer);
    kept.set(key, answer);
    for (const oldest of kept.keys()) {
      if (bytes <= bytesMax) return;
      drop(oldest);
    }
  }

  function clear(): void {
    changes += 1;
    kept.clear();
    bytes = 0;
  }

  return {
    answer: async (key, nowMs, ask) => {
      const known = kept.get(key);
      // The clock may have been set back, to when other peers were online.
      if (known !== undefined && nowMs >= known.sinceMs && nowMs < known.goodUntilMs) {
        kept.delete(key);
        kept.set(key, known);
        return known.payload;
      }
      const changesBefore = changes;
      const { payload, goodUntilMs } = await ask();
      // What was changed meanwhile may be in the answer, or may not.
      if (changes === changesBefore) keep(key, { payload, goodUntilMs, sinceMs: nowMs });
      return payload;
    },
    clear,
    clearAfter: async (change) => {
      let isTold = true;
      try {
        isTold = await change;
      } finally {
        if (isTold) clear();
      }
    },
  };
}

function bytesOf(key: string, { payload }: Answer): number {
  return 2 * key.length + payload.byteLength + OVERHEAD_BYTES;
}
