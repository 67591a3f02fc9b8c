import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { createCaller } from '../../src/transport/caller.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { dial } from '../../src/transport/dialler.ts';
import { createReachFixture, type MeetingPeer } from '../support/reach-fixture.ts';

const TIMEOUT_MS = 15_000;

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((infos) => infos?.some(({ address }) => address === '::1'));
}

/** Shows the other end a ticket, which it checks against the certificate that the connection shows. */
async function present(channel: Channel, { link }: MeetingPeer): Promise<void> {
  const ticket = link.ticket();
  assert.ok(ticket !== undefined);
  await createCaller(channel).call('PRESENT', { ticket });
}

async function reached(t: TestContext, from: MeetingPeer, to: MeetingPeer) {
  const channel = await from.reach.connect(to.asSource(), AbortSignal.timeout(TIMEOUT_MS));
  t.after(channel.destroy);
  assert.equal(channel.certificate?.key, to.identity.key);
  await present(channel, from);
  assert.equal(to.served.at(-1)?.certificate?.key, from.identity.key);
  return channel;
}

describe('two peers', () => {
  it('are connected directly where the source can be dialled', async (t) => {
    const { peer } = await createReachFixture(t);
    const [ada, bob] = await Promise.all([peer('ada', { isHidden: true }), peer('bob')]);
    assert.equal((await reached(t, ada, bob)).way, 'direct');
  });

  it('are connected by dial-back where only the one that asks can be dialled', async (t) => {
    const { peer } = await createReachFixture(t);
    const [ada, bob] = await Promise.all([peer('ada'), peer('bob', { isHidden: true })]);
    assert.equal((await reached(t, ada, bob)).way, 'dial-back');
  });

  it('are connected through the relay where neither can', async (t) => {
    const { peer } = await createReachFixture(t);
    const [ada, bob] = await Promise.all([peer('ada', { isHidden: true }), peer('bob', { isHidden: true })]);
    assert.equal((await reached(t, ada, bob)).way, 'relay');
  });

  it('are connected over IPv6', { skip: !hasIpv6() && 'needs IPv6' }, async (t) => {
    const { peer } = await createReachFixture(t, { host: '::1' });
    const [ada, bob, cid] = await Promise.all([peer('ada'), peer('bob'), peer('cid', { isHidden: true })]);
    assert.equal((await reached(t, ada, bob)).way, 'direct');
    assert.equal((await reached(t, ada, cid)).way, 'dial-back');
  });

  it('are connected at a private address where that is all there is', async (t) => {
    const { peer } = await createReachFixture(t, { relay: null });
    const [ada, bob] = await Promise.all([peer('ada', { isHidden: true }), peer('bob', { isHidden: true })]);
    const addresses = [{ host: '127.0.0.1', port: bob.port }];
    const reached = await ada.reach.connect({ ...bob.asSource(), addresses }, AbortSignal.timeout(TIMEOUT_MS));
    t.after(reached.destroy);
    assert.equal(reached.way, 'private');
  });

  it('are not connected where neither can, and the server relays nothing', async (t) => {
    const { peer } = await createReachFixture(t, { relay: null });
    const [ada, bob] = await Promise.all([peer('ada', { isHidden: true }), peer('bob', { isHidden: true })]);
    await assert.rejects(ada.reach.connect(bob.asSource(), AbortSignal.timeout(TIMEOUT_MS)), { code: 'no-relay' });
  });
});

describe('who answers a call', () => {
  it('is refused under another token, with another key, and a second time', async (t) => {
    const { peer } = await createReachFixture(t);
    const [ada, bob] = await Promise.all([peer('ada'), peer('bob', { isHidden: true })]);
    const at = { host: '127.0.0.1', port: ada.port, expectedKey: ada.identity.key };
    const answer = async (token: string, identity = bob.identity): Promise<Channel> => {
      const channel = await dial({ ...at, identity });
      t.after(channel.destroy);
      await createCaller(channel).call('ANSWER', { token });
      return channel;
    };
    await assert.rejects(answer('0123456789abcdef'), { code: 'bad-token' });
    await reached(t, ada, bob);
    await assert.rejects(answer('0123456789abcdef'), { code: 'bad-token' });
  });
});
