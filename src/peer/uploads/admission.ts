import type { ConnectionState } from '../../protocol/messages.ts';

/** Whether a connection may download now: as long as the last ticket that it presented is good. */
export type Admission = {
  state(): ConnectionState;
  /** @param untilMs Unix ms */
  admit(untilMs: number): void;
};

export function createAdmission(now: () => number): Admission {
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    state: () => (now() < untilMs ? 'admitted' : 'open'),
    admit: (newUntilMs) => {
      untilMs = newUntilMs;
    },
  };
}
