/** What remembering a text takes beside what was made of it, about. */
const OVERHEAD_BYTES = 512;

/** Remembers what was made of the texts that were asked for last, up to so many bytes; returns what is known of a text, or makes it. */
export function createRecall<T extends { readonly byteLength: number }>(
  bytesMax: number,
): (text: string, make: (text: string) => T) => T {
  /** The one that was asked for last at the end. */
  const known = new Map<string, T>();
  let bytes = 0;
  return (text, make) => {
    const found = known.get(text);
    const made = found ?? make(text);
    if (found === undefined) bytes += made.byteLength + OVERHEAD_BYTES;
    else known.delete(text);
    known.set(text, made);
    for (const [oldest, value] of known) {
      if (bytes <= bytesMax) break;
      known.delete(oldest);
      bytes -= value.byteLength + OVERHEAD_BYTES;
    }
    return made;
  };
}
