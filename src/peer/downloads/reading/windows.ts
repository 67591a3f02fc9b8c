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
};

/** @param draft of a download at work */
export function createWindows(draft: (id: string) => { readonly plan: Pick<Plan, 'prefer'> } | undefined): Windows {
  const readers = new Map<string, Map<symbol, ByteRange>>();

  function prefer(id: string): void {
    draft(id)?.plan.prefer([...(readers.get(id)?.values() ?? [])]);
  }

  return {
    prefer,
    open(id) {
      const ranges = readers.get(id) ?? new Map<symbol, ByteRange>();
      readers.set(id, ranges);
      const reader = Symbol(id);
      return {
        move(offset) {
          ranges.set(reader, { offset, length: WINDOW_BYTES });
          prefer(id);
        },
        close() {
          ranges.delete(reader);
          if (ranges.size === 0) readers.delete(id);
          prefer(id);
        },
      };
    },
  };
}
