import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { generateIdentity } from '../../transport/identity.ts';
import { signTicket } from '../../transport/tickets.ts';
import { createServerClock } from './server-clock.ts';

const SERVER_MS = 1_750_000_000_000;
const OWN_MS = 42_000;

async function ticketAt(nowMs: number): Promise<string> {
  return signTicket(await generateIdentity(), { id: 'id', username: 'ada' }, 'thumbprint', nowMs);
}

describe('the server’s clock', () => {
  it('goes by this machine’s until there is a ticket', () => {
    const clock = createServerClock(
      () => OWN_MS,
      () => 0,
    );
    assert.equal(clock.now(), OWN_MS);
    for (const ticket of [undefined, '', 'no ticket', 'a.b.c']) clock.note(ticket);
    assert.equal(clock.now(), OWN_MS);
  });

  it('goes on from the newest ticket, however this machine’s clock is set', async () => {
    let ownMs = OWN_MS;
    let steadyMs = 7;
    const clock = createServerClock(
      () => ownMs,
      () => steadyMs,
    );
    clock.note(await ticketAt(SERVER_MS));
    steadyMs += 5_000;
    ownMs -= 3_600_000;
    assert.equal(clock.now(), SERVER_MS + 5_000);
    clock.note(await ticketAt(SERVER_MS - 60_000));
    assert.equal(clock.now(), SERVER_MS - 60_000);
  });
});
