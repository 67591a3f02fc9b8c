import type { Logger } from 'pino';
import { pieceCount } from '../../domain/pieces.ts';
import { toSwapmeetError } from '../../domain/errors.ts';
import type { HeldPart } from '../parts/held-part.ts';
import type { Draft } from './draft.ts';
import type { HeldParts } from '../parts/held-parts.ts';
import type { Content } from './content.ts';

/** A file of fewer pieces is there before anybody could have learnt that it is on its way. */
const PIECES_MIN = 16;

/** What others get of a download while it runs. */
export type Offer = {
  /** Serves what is verified, from now on, if its piece hashes are known. May be called again. */
  readonly begin: () => void;
  /** Whether anybody has asked what there is. */
  readonly isWanted: () => boolean;
  /** Is told when somebody asks what there is. Returns how to stop being told. */
  readonly onInterest: (listener: () => void) => () => void;
  /** The download is over; what ended already stays as it is. */
  readonly end: (outcome: 'whole' | 'given-up') => Promise<void>;
};

/** What an offer needs to know of its job. */
type OfferGround = {
  readonly context: { readonly parts: Pick<HeldParts, 'add'>; readonly log: Pick<Logger, 'info'> };
  readonly stored: { readonly name: string };
  readonly content: Content;
};

export function createOffer({ context, stored, content }: OfferGround, draft: Draft): Offer {
  const { sha1, root, sizeBytes, pieceBytes } = content;
  const listeners = new Set<() => void>();
  let isWanted = false;
  let added: Promise<Pick<HeldPart, 'end'> | undefined> | undefined;

  async function add(rooted: HeldPart['content'], layer: Uint8Array): Promise<Pick<HeldPart, 'end'> | undefined> {
    try {
      return await context.parts.add({
        entry: { path: stored.name, sha1, root: rooted.root, sizeBytes },
        content: rooted,
        layer,
        path: draft.partPath,
        plan: draft.plan,
        onInterest: () => {
          isWanted = true;
          for (const listener of listeners) listener();
        },
      });
    } catch (error) {
      // Whoever writes to the file meets the same, and says so.
      context.log.info({ sha1, code: toSwapmeetError(error).code }, 'a part is not served');
      return undefined;
    }
  }

  return {
    begin() {
      const { layer } = draft;
      if (root === undefined || !layer || pieceCount(sizeBytes, pieceBytes) < PIECES_MIN) return;
      added ??= add({ ...content, root }, layer);
    },
    isWanted: () => isWanted,
    onInterest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async end(outcome) {
      const ending = added;
      added = undefined;
      (await ending)?.end(outcome);
    },
  };
}
