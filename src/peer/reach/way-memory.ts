import type { WayKind } from './findings.ts';

/** Which way led to whom, for a while: so that who can't be dialled is not dialled in vain each time. */
export type WayMemory = {
  remember(key: string, kind: WayKind): void;
  /** What led there the last time, unless that is long ago. */
  recall(key: string): WayKind | undefined;
};

const REMEMBERED_MS = 10 * 60_000;
/** Beyond this many the one that was used longest ago is forgotten. */
const PEERS_MAX = 10_000;

/** @param now ms */
export function createWayMemory(now: () => number): WayMemory {
  const known = new Map<string, { readonly kind: WayKind; readonly untilMs: number }>();
  return {
    remember(key, kind) {
      known.delete(key);
      known.set(key, { kind, untilMs: now() + REMEMBERED_MS });
      const [oldest] = known.keys();
      if (known.size > PEERS_MAX && oldest !== undefined) known.delete(oldest);
    },
    recall(key) {
      const found = known.get(key);
      return found && found.untilMs > now() ? found.kind : undefined;
    },
  };
}
