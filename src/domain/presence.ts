const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A logged-in peer that was silent this long is offline. [original specification, Keep Alive] */
export const ONLINE_WINDOW_MS = 5 * MINUTE_MS;

/** A registration whose last login (or, before any, REGISTER) is this long ago is deleted. [original specification, Register] */
export const REGISTRATION_TTL_MS = 30 * DAY_MS;

/** How often our peers send KEEP_ALIVE: two may get lost before the window closes. */
export const KEEP_ALIVE_INTERVAL_MS = 2 * MINUTE_MS;

/** Whether a session last heard of at `aliveAtMs` is still within the online window. */
export function isAlive(aliveAtMs: number, nowMs: number): boolean {
  return nowMs - aliveAtMs < ONLINE_WINDOW_MS;
}
