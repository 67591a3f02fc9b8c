import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { generateIdentity, type Identity } from '../transport/identity.ts';
import { listen, type Listener } from '../transport/listener.ts';
import { createDialBack, type DialBack } from './dial-back.ts';

const { signal } = new AbortController();

describe('dial-back', () => {
  let peer: Identity;
  let door: Listener;
  let dialBack: DialBack;

  before(async () => {
    peer = await generateIdentity();
    door = await listen({ host: '127.0.0.1', port: 0, identity: peer, onChannel: () => undefined });
    dialBack = createDialBack(await generateIdentity());
  });
  after(() => door.close());

  it('succeeds where the key of the session answers', async () => {
    await dialBack(door, peer.key, signal);
  });

  it('fails where another key answers, or nobody', async () => {
    await assert.rejects(dialBack(door, 'f'.repeat(64), signal), { code: 'wrong-key' });
    await assert.rejects(dialBack({ address: '127.0.0.1', port: 1 }, peer.key, signal), { code: 'unreachable' });
  });

  it('takes a connection for enough only on loopback', async () => {
    await dialBack(door, undefined, signal);
    await assert.rejects(dialBack({ address: '192.0.2.1', port: 7475 }, undefined, signal), { code: 'unreachable' });
  });

  it('ends when its session does', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    assert.ok(typeof address === 'object' && address);
    const session = new AbortController();
    const dialled = dialBack(address, peer.key, session.signal);
    session.abort();
    await assert.rejects(dialled, { code: 'unreachable' });
    await new Promise((resolve) => silent.close(resolve));
  });
});
