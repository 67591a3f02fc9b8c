import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { Account } from '../../src/peer/link/log-in.ts';
import {
  createServerLink,
  type LinkTiming,
  type ServerLink,
  type ServerLinkOptions,
} from '../../src/peer/link/server-link.ts';
import { generateIdentity } from '../../src/transport/identity.ts';
import type { FakeServer } from './fake-server.ts';

export const TIMING: LinkTiming = {
  retry: { firstMs: 4, lastMs: 16 },
  keepAliveIntervalMs: 60_000,
  logoutTimeoutMs: 100,
};
/** What a person who stops a peer does not notice. */
export const PROMPT_MS = 3_000;

export type LinkedPeer = {
  readonly link: ServerLink;
  /** What it keeps, as after a restart. */
  readonly account: () => Account;
  /** The waits between tries so far, in ms. */
  readonly waits: readonly number[];
};

/** A peer's link to a server; both end with the test. */
export async function startLink(
  t: TestContext,
  server: Pick<FakeServer, 'host' | 'port' | 'key'>,
  options: Partial<ServerLinkOptions> = {},
): Promise<LinkedPeer> {
  let account: Account = { username: 'ada', password: 'secret' };
  const waits: number[] = [];
  const write = (line: string): void => {
    const { waitMs } = JSON.parse(line) as { waitMs?: number };
    if (waitMs !== undefined) waits.push(waitMs);
  };
  const link = createServerLink({
    server,
    identity: await generateIdentity(),
    whereabouts: () => ({ port: 7475 }),
    account: () => account,
    keep: (given) => {
      account = { ...account, ...given };
      return Promise.resolve();
    },
    log: pino({ level: 'warn' }, { write }),
    now: Date.now,
    random: () => 1,
    timing: TIMING,
    ...options,
  });
  t.after(() => link.close());
  return { link, account: () => account, waits };
}

export async function settles(what: Promise<unknown>, withinMs = PROMPT_MS): Promise<void> {
  const late = sleep(withinMs, 'late', { ref: false });
  assert.notEqual(await Promise.race([what.catch(() => undefined), late]), 'late', `not within ${withinMs} ms`);
}
