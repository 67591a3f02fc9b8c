/** Smaller buffers are the allocator’s. */
const OWN_BYTES_MIN = 64 * 1024;

/**
 * Room for a message. The system’s allocator keeps much of what large ones took for good: they leave holes between small things
 * that live longer. Memory that might grow comes from the system by itself, and goes back to it as a whole.
 */
export function createMessageBuffer(length: number): Buffer {
  if (length < OWN_BYTES_MIN) return Buffer.allocUnsafe(length);
  return Buffer.from(new ArrayBuffer(length, { maxByteLength: length }), 0, length);
}
