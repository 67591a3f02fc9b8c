import { openHeldPart, type HeldPart, type PartToHold } from './held-part.ts';

/** What this peer holds in part, for those who serve and publish it. */
export type HeldParts = {
  /**
   * Serves a part from now on, until `end` is called, and one that is whole then and that others asked for a while longer.
   *
   * @throws SwapmeetError `disk-error`
   */
  readonly add: (part: PartToHold) => Promise<Pick<HeldPart, 'end'>>;
  /** The part with this content (of this root, if given). */
  readonly find: (sha1: string, root: string | undefined) => HeldPart | undefined;
  readonly list: () => readonly HeldPart[];
  /** Is told when a part was added, or is one no more. Returns how to stop being told. */
  readonly onChange: (listener: () => void) => () => void;
  /** Lets go of those that are whole. */
  close(): void;
};

/** Who asked for a part may miss pieces of it yet when it is whole, and everybody who had them before may be gone. */
const LINGER_MS = 15 * 60_000;
/** Each keeps a file open. */
const LINGERING_MAX = 64;
/** Of a file that was removed the disk gets its room back after so long. */
const LOOK_EVERY_MS = 5_000;

export function createHeldParts({ lingerMs = LINGER_MS, lookEveryMs = LOOK_EVERY_MS } = {}): HeldParts {
  const parts = new Set<HeldPart>();
  const listeners = new Set<() => void>();
  /** Those that are whole, the oldest first, and how to let go of each. */
  const lingering = new Map<HeldPart, () => void>();

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function remove(part: HeldPart): void {
    parts.delete(part);
    lingering.get(part)?.();
    lingering.delete(part);
    tell();
  }

  function linger(part: HeldPart): void {
    const letGo = part.hold();
    const endMs = performance.now() + lingerMs;
    const looking = setInterval(() => {
      if (performance.now() >= endMs || !part.isServed()) remove(part);
    }, lookEveryMs).unref();
    lingering.set(part, () => {
      clearInterval(looking);
      letGo();
    });
    const [oldest] = lingering.keys();
    if (lingering.size > LINGERING_MAX && oldest !== undefined) remove(oldest);
  }

  return {
    async add(toHold) {
      let isWanted = false;
      const onInterest = (): void => {
        isWanted = true;
        toHold.onInterest();
      };
      const part = await openHeldPart({ ...toHold, onInterest });
      parts.add(part);
      tell();
      return {
        end(outcome) {
          if (outcome === 'whole' && isWanted) linger(part);
          else remove(part);
          part.end(outcome);
        },
      };
    },
    find: (sha1, root) =>
      [...parts].find(
        ({ content, isServed }) => content.sha1 === sha1 && (root === undefined || content.root === root) && isServed(),
      ),
    list: () => [...parts],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const part of lingering.keys()) remove(part);
    },
  };
}
