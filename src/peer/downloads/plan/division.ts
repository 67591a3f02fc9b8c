/** Pieces of very many that one peer fetches in a row: others then find several of them at one holder, and ask for them at once. */
const STRETCH_PIECES_MAX = 8;
/** At least so many stretches, if there are as many pieces: few would be divided unevenly. */
const STRETCHES_MIN = 1024;

/**
 * How those who download the same divide it among themselves without a word: each is the first to fetch other pieces from where
 * all are, and gives them to the rest, so that a source with the only copy sends each piece once. For each piece there is an
 * order of all: who has fetched its own helps with those where it is second. All peers come to the same division as far as they
 * know of each other; where they don't (nobody knows more than so many sources), a piece is fetched by several. [PROTOCOL §7.9]
 */
export type Division = {
  /** A source that downloads the same. */
  join(source: number, key: string): void;
  leave(source: number): void;
  /** How many others come before this peer in fetching a piece: 0 for its own. */
  turnOf(index: number): number;
};

/**
 * @param count pieces of the content
 * @param ownKey of this peer: lower-case hex, as all keys
 */
export function createDivision(count: number, ownKey: string): Division {
  const stretchPieces = Math.max(1, Math.min(STRETCH_PIECES_MAX, Math.floor(count / STRETCHES_MIN)));
  const others = new Map<number, number>();
  // By stretch; worked out when they are needed.
  let turns: Uint32Array | undefined;

  function divide(): Uint32Array {
    const [self, seeds] = [seedOf(ownKey), [...others.values()]];
    return Uint32Array.from({ length: Math.ceil(count / stretchPieces) }, (_, stretch) => {
      const weight = weightOf(self, stretch);
      return seeds.filter((seed) => weightOf(seed, stretch) > weight).length;
    });
  }

  return {
    join(source, key) {
      others.set(source, seedOf(key));
      turns = undefined;
    },
    leave(source) {
      if (others.delete(source)) turns = undefined;
    },
    turnOf(index) {
      turns ??= divide();
      return turns[Math.floor(index / stretchPieces)] ?? 0;
    },
  };
}

/** Keys are hashes: any part of one is random. */
function seedOf(key: string): number {
  return Number.parseInt(key.slice(0, 8), 16) | 0;
}

/** Those with the greatest weights fetch a stretch first: rendezvous hashing, with the last step of MurmurHash3. */
function weightOf(seed: number, stretch: number): number {
  let mixed = seed ^ Math.imul(stretch + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
