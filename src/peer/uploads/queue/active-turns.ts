/** A turn that takes longer has a slow reader: somebody else gets its slot meanwhile. */
const SLOW_MS = 250;
/** All turns together, those of slow readers included, are at most so many times the slots. */
const TURNS_A_SLOT_MAX = 4;

/** Between two requests a peer still counts as one who wants something. */
const LINGER_MS = 50;

/** One of the turns that are under way. */
export type ActiveTurn = {
  /** The reader has taken a frame, and the next one goes out. */
  progress(): void;
  end(): void;
};

/** The turns that are under way, and who has them or had one just now. */
export type ActiveTurns = {
  /** @param onSlow is called when it holds its slot no longer */
  readonly begin: (peer: string, onSlow: () => void) => ActiveTurn;
  readonly hasSlot: () => boolean;
  /** How many turns a peer has. */
  readonly countOf: (peer: string) => number;
  /** Whether somebody else has one, or had one just now. */
  readonly othersHave: (peer: string) => boolean;
  readonly count: () => number;
};

type Present = { turns: number; leaving: NodeJS.Timeout | undefined };

/** @param onLeave is called when a peer does not count any more */
export function createActiveTurns(slots: () => number, onLeave: () => void): ActiveTurns {
  const present = new Map<string, Present>();
  let count = 0;
  let slow = 0;

  function enter(peer: string): Present {
    const entry = present.get(peer) ?? { turns: 0, leaving: undefined };
    present.set(peer, entry);
    entry.turns += 1;
    count += 1;
    clearTimeout(entry.leaving);
    return entry;
  }

  function leave(peer: string, entry: Present): void {
    entry.turns -= 1;
    count -= 1;
    if (entry.turns > 0) return;
    entry.leaving = setTimeout(() => {
      present.delete(peer);
      onLeave();
    }, LINGER_MS);
  }

  return {
    begin(peer, onSlow) {
      let isSlow = false;
      const entry = enter(peer);
      const timer = setTimeout(() => {
        isSlow = true;
        slow += 1;
        onSlow();
      }, SLOW_MS);
      const hurry = (): void => {
        if (isSlow) slow -= 1;
        isSlow = false;
      };
      return {
        progress() {
          hurry();
          timer.refresh();
        },
        end() {
          hurry();
          clearTimeout(timer);
          leave(peer, entry);
        },
      };
    },
    hasSlot: () => count - slow < slots() && count < slots() * TURNS_A_SLOT_MAX,
    countOf: (peer) => present.get(peer)?.turns ?? 0,
    othersHave: (peer) => present.size > (present.has(peer) ? 1 : 0),
    count: () => count,
  };
}
