import type { Queued } from '../../../protocol/codecs/queued.ts';

/** A place in the queue of a source. */
export type QueuedAt = Queued & { readonly username: string };

/** Where a download stands with each of the sources that it has asked. */
export type QueuePlaces = {
  /** The source makes it wait; without a place it sends, or is asked anew. */
  readonly set: (username: string, place?: Queued) => void;
  readonly leave: (username: string) => void;
  /** The nearest place where all sources make it wait; undefined where one of them does not. */
  readonly nearest: () => QueuedAt | undefined;
};

export function createQueuePlaces(): QueuePlaces {
  const places = new Map<string, Queued | undefined>();

  function isNearer(one: Queued, other: Queued): boolean {
    const [oneS, otherS] = [one.estimateS ?? Infinity, other.estimateS ?? Infinity];
    return oneS === otherS ? one.position < other.position : oneS < otherS;
  }

  return {
    set: (username, place) => void places.set(username, place),
    leave: (username) => void places.delete(username),
    nearest() {
      let nearest: QueuedAt | undefined;
      for (const [username, place] of places) {
        if (!place) return undefined;
        if (!nearest || isNearer(place, nearest)) nearest = { ...place, username };
      }
      return nearest;
    },
  };
}
