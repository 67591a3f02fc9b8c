import type { ByteRange } from '../byte-range.ts';
import type { Plan } from '../plan/plan.ts';

/** So much ahead of each reader is fetched before all else. */
const WINDOW_BYTES = 8 * 1024 * 1024;

/** Where the readers of downloads are. */
export type Windows = {
  /** One more reader of a download. */
  readonly open: (id: string) => { readonly move: (offset: number) => void; readonly close: () => void };
  /** Tells the plan of a download what its readers wait for. */
  readonly prefer: (id: string) => void;
  /** Those that have readers. */
  readonly readIds: () => readonly string[];
};

export type WindowsOptions = {
  /** Of a download at work. */
  readonly draft: (id: string) => { readonly plan: Pick<Plan, 'prefer'> } | undefined;
  /** A download has its first reader, or lost its last. */
  readonly onReaders: (id: string) => void;
};

export function createWindows({ draft, onReaders }: WindowsOptions): Windows {
  const readers = new Map<string, Map<symbol, ByteRange>>();

  function prefer(id: string): void {
    draft(id)?.plan.prefer([...(readers.get(id)?.values() ?? [])]);
  }

  /** Where its readers are. */
  function rangesOf(id: string): Map<symbol, ByteRange> {
    const known = readers.get(id);
    if (known) return known;
    const ranges = new Map<symbol, ByteRange>();
    readers.set(id, ranges);
    onReaders(id);
    return ranges;
  }

  return {
    prefer,
    readIds: () => [...readers.keys()],
    open(id) {
      const ranges = rangesOf(id);
      const reader = Symbol(id);
      return {
        move(offset) {
          ranges.set(reader, { offset, length: WINDOW_BYTES });
          prefer(id);
        },
        close() {
          ranges.delete(reader);
          prefer(id);
          if (ranges.size > 0 || readers.get(id) !== ranges) return;
          readers.delete(id);
          onReaders(id);
        },
      };
    },
  };
}
