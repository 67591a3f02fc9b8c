import { openHeldPart, type HeldPart, type PartToHold } from './held-part.ts';

/** What this peer holds in part, for those who serve and publish it. */
export type HeldParts = {
  /** Serves a part from now on, until `end` is called. @throws SwapmeetError `disk-error` */
  readonly add: (part: PartToHold) => Promise<Pick<HeldPart, 'end'>>;
  /** The part with this content (of this root, if given). */
  readonly find: (sha1: string, root: string | undefined) => HeldPart | undefined;
  readonly list: () => readonly HeldPart[];
  /** Is told when a part was added, or is one no more. Returns how to stop being told. */
  readonly onChange: (listener: () => void) => () => void;
};

export function createHeldParts(): HeldParts {
  const parts = new Set<HeldPart>();
  const listeners = new Set<() => void>();

  function tell(): void {
    for (const listener of listeners) listener();
  }

  return {
    async add(toHold) {
      const part = await openHeldPart(toHold);
      parts.add(part);
      tell();
      return {
        end(outcome) {
          parts.delete(part);
          tell();
          part.end(outcome);
        },
      };
    },
    find: (sha1, root) =>
      [...parts].find(({ content }) => content.sha1 === sha1 && (root === undefined || content.root === root)),
    list: () => [...parts],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
