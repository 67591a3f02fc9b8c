import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { generateIdentity, type Identity } from './identity.ts';
import { signTicket, TICKET_LIFETIME_S, verifyTicket } from './tickets.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
const HOLDER = { id: '0123', username: 'ada' };

describe('tickets', () => {
  let server: Identity;
  let other: Identity;
  let holder: Identity;
  let ticket: string;
  before(async () => {
    [server, other, holder] = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()]);
    ticket = signTicket(server, HOLDER, holder.thumbprint, NOW_MS);
  });

  it('names its holder to whoever knows the server', async () => {
    const goodUntilMs = NOW_MS + (TICKET_LIFETIME_S + 120) * 1000;
    assert.deepEqual(await verifyTicket(ticket, server, holder, NOW_MS), { ...HOLDER, goodUntilMs });
  });

  it('runs out, with some tolerance for clocks that differ', async () => {
    const endMs = NOW_MS + TICKET_LIFETIME_S * 1000;
    await verifyTicket(ticket, server, holder, endMs + 60_000);
    await assert.rejects(verifyTicket(ticket, server, holder, endMs + 180_000), {
      code: 'bad-ticket',
      message: /expired/,
    });
  });

  it('is refused on the connection of another key, or of none', async () => {
    await assert.rejects(verifyTicket(ticket, server, other, NOW_MS), { code: 'bad-ticket' });
    await assert.rejects(verifyTicket(ticket, server, undefined, NOW_MS), { code: 'bad-ticket' });
  });

  it('is refused when another server signed it, when it was altered, and when it is no ticket', async () => {
    const forged = signTicket(other, HOLDER, holder.thumbprint, NOW_MS);
    const posing = signTicket({ ...other, key: server.key }, HOLDER, holder.thumbprint, NOW_MS);
    const altered = ticket.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`);
    for (const bad of [forged, posing, altered, '', 'a.b.c']) {
      await assert.rejects(verifyTicket(bad, server, holder, NOW_MS), { code: 'bad-ticket' });
    }
  });
});
