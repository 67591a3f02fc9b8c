/** The smallest thing that is worth a write of its own: each is a record of TLS at least, and a round of the event loop. */
const OWN_WRITE_BYTES_MIN = 4096;

/** How many of the bytes that are left go out at once: as many as are wanted, and a small rest with them. */
export function sendSize(leftBytes: number, wantedBytes: number): number {
  return leftBytes - wantedBytes < OWN_WRITE_BYTES_MIN ? leftBytes : wantedBytes;
}
