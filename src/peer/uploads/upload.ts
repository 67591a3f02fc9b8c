import type { Queued } from '../../protocol/codecs/queued.ts';
import type { Turn } from './queue/turn.ts';
import type { UploadQueue } from './queue/upload-queue.ts';
import type { ShownUpload } from './upload-list.ts';

/** One DOWNLOAD that is being answered. */
export type Upload = {
  /** Waits for the turn to send the next frame, and gives back the one before. @throws SwapmeetError `busy`; the signal's reason */
  readonly next: (leftBytes: number) => Promise<Turn>;
  /** A frame is with the operating system. */
  readonly sent: (bytes: number) => void;
  /** May be called again. */
  readonly end: () => void;
};

export type UploadOptions = {
  readonly queue: UploadQueue;
  readonly peer: string;
  readonly shown: ShownUpload;
  /** Tells the other side its place. */
  readonly onQueued: (place: Queued) => void;
  readonly signal: AbortSignal;
};

export function createUpload({ queue, peer, shown, onQueued, signal }: UploadOptions): Upload {
  let turn: Turn | undefined;
  let hasBegun = false;

  return {
    async next(wantedBytes) {
      shown.waits();
      const asked = queue.turn({
        peer,
        wantedBytes,
        hasBegun,
        signal,
        onQueued: (place) => {
          shown.waits(place);
          onQueued(place);
        },
      });
      // Not before it asked for the next: it would seem to want nothing any more.
      turn?.end();
      turn = await asked;
      shown.goesOn();
      hasBegun = true;
      return turn;
    },
    sent: shown.sent,
    end() {
      turn?.end();
      shown.end();
    },
  };
}
