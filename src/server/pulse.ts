import type { Needs } from './context.ts';
import type { Pulse } from './session.ts';

/**
 * The signs of life of a session that the catalog knows to have begun at `begunAtMs`. The catalog is told of one at a time: while
 * it is busy, a peer of many requests doesn't fill its queue.
 */
export function createPulse(context: Needs<'touch', 'log' | 'now'>, id: string, begunAtMs: number): Pulse {
  let heardAtMs = begunAtMs;
  let toldAtMs = begunAtMs;
  let telling = false;

  async function tell(): Promise<void> {
    telling = true;
    try {
      while (toldAtMs !== heardAtMs) {
        toldAtMs = heardAtMs;
        await context.catalog.touch(id, heardAtMs);
      }
    } catch (error) {
      context.log.warn({ err: error, id }, 'a sign of life could not be noted');
    } finally {
      telling = false;
    }
  }

  return {
    beat(lagMs) {
      heardAtMs = context.now();
      // A clock that was set back is behind what it told.
      if (!telling && Math.abs(heardAtMs - toldAtMs) >= lagMs) void tell();
    },
  };
}
