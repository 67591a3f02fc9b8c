/** Bytes that several share. */
export type ByteBudget = {
  /** Whether there is room, which is taken then. What is not urgent gets half of it at most. */
  take(sizeBytes: number, isUrgent: boolean): boolean;
  give(sizeBytes: number): void;
};

export function createByteBudget(bytesMax: number): ByteBudget {
  let takenBytes = 0;
  return {
    take(sizeBytes, isUrgent) {
      if (takenBytes + sizeBytes > (isUrgent ? bytesMax : bytesMax / 2)) return false;
      takenBytes += sizeBytes;
      return true;
    },
    give(sizeBytes) {
      takenBytes -= sizeBytes;
    },
  };
}
