import { constants, fstatSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Entry } from '../../domain/entry.ts';
import { diskFailure } from '../../storage/disk-failure.ts';
import { NO_FOLLOW } from '../../storage/open-flags.ts';
import type { Content } from '../downloads/content.ts';
import type { Plan } from '../downloads/plan/plan.ts';

/** A content of which this peer downloads the pieces, and serves those that are verified already. */
export type HeldPart = {
  /** As it is published: the path is only a name. */
  readonly entry: Entry;
  readonly content: Content & { readonly root: string };
  readonly layer: Uint8Array;
  readonly path: string;
  readonly plan: Pick<Plan, 'verified' | 'coming' | 'onNews'>;
  /** Is told when somebody asks what there is of it: probably they download it, too. */
  readonly onInterest: () => void;
  readonly handle: FileHandle;
  /** Whether it may be served: it may not once the download was given up, or somebody wrote to the file when it was whole. */
  readonly isServed: () => boolean;
  /** Keeps the file open as long as somebody fetches from it, also when the download is over. Returns how to let go of it. */
  hold(): () => void;
  /** How many hold it, the download included. */
  readonly holders: () => number;
  /** The download is over: the file is whole, and stays for those who hold it, or it was given up. */
  end(outcome: 'whole' | 'given-up'): void;
};

export type PartToHold = Pick<HeldPart, 'entry' | 'content' | 'layer' | 'path' | 'plan' | 'onInterest'>;

/** @throws SwapmeetError `disk-error` */
export async function openHeldPart(part: PartToHold): Promise<HeldPart> {
  try {
    return createHeldPart(part, await open(part.path, constants.O_RDONLY | NO_FOLLOW));
  } catch (error) {
    throw diskFailure(error, part.path);
  }
}

function createHeldPart(part: PartToHold, handle: FileHandle): HeldPart {
  // The download itself is one.
  let holders = 1;
  let isGood = true;
  let stamp: string | undefined;

  /** Undefined for a file that was removed. */
  function readStamp(): string | undefined {
    const { size, mtimeNs, nlink } = fstatSync(handle.fd, { bigint: true });
    return nlink === 0n ? undefined : `${size} ${mtimeNs}`;
  }

  function letGo(): void {
    holders -= 1;
    // Nobody is left whom an error of this could help.
    if (holders === 0) handle.close().catch(() => undefined);
  }

  return {
    ...part,
    handle,
    holders: () => holders,
    isServed() {
      if (stamp !== undefined && stamp !== readStamp()) isGood = false;
      return isGood;
    },
    hold() {
      holders += 1;
      let isHeld = true;
      return () => {
        if (isHeld) letGo();
        isHeld = false;
      };
    },
    end(outcome) {
      try {
        if (outcome === 'whole') stamp = readStamp();
        isGood = stamp !== undefined;
      } catch {
        isGood = false;
      } finally {
        letGo();
      }
    },
  };
}
