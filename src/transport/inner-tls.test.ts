import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { before, describe, it, type TestContext } from 'node:test';
import { createChannelPairs, readBytes } from '../../test/support/channel-pairs.ts';
import type { Channel } from './channel.ts';
import { generateIdentity, type Identity } from './identity.ts';
import { acceptInnerTls, beginInnerTls } from './inner-tls.ts';

const MIB = 1024 * 1024;
const SECRET = Buffer.from('nobody on the way reads this, nor any of what follows');

/** Sees, and may change, what goes from one end to the other. */
type Meddle = (bytes: Buffer) => Buffer;

describe('TLS inside a relayed connection', () => {
  let asker: Identity;
  let source: Identity;
  let stranger: Identity;

  before(async () => {
    [asker, source, stranger] = await Promise.all([generateIdentity(), generateIdentity(), generateIdentity()]);
  });

  /** Two ends joined by a relay. */
  async function relayed(t: TestContext, meddle: Meddle = (bytes) => bytes): Promise<[Channel, Channel]> {
    const connection = await createChannelPairs(t);
    const [one, oneAtRelay] = await connection();
    const [two, twoAtRelay] = await connection();
    for (const [from, to] of [
      [oneAtRelay, twoAtRelay],
      [twoAtRelay, oneAtRelay],
    ] as const) {
      from.receive((chunk) => {
        if (chunk === undefined) to.end();
        else to.write(meddle(Buffer.from(chunk))).catch(() => undefined);
      });
      void from.closed.then(to.destroy);
    }
    return [one, two];
  }

  function join([one, two]: [Channel, Channel], expected = { asker: asker.key, source: source.key }) {
    return Promise.all([
      beginInnerTls(one, { identity: asker, expectedKey: expected.source, timeoutMs: 5_000 }),
      acceptInnerTls(two, { identity: source, expectedKey: expected.asker, timeoutMs: 5_000 }),
    ]);
  }

  it('shows each end the key of the other, and carries bytes both ways that the relay cannot read', async (t) => {
    const seen: Buffer[] = [];
    const [one, two] = await join(
      await relayed(t, (bytes) => {
        seen.push(bytes);
        return bytes;
      }),
    );
    assert.equal(one.certificate?.key, source.key);
    assert.equal(two.certificate?.thumbprint, asker.thumbprint);
    const large = Buffer.concat([SECRET, randomFillSync(Buffer.alloc(3 * MIB))]);
    const [there, back] = [readBytes(two, large.length), readBytes(one, large.length)];
    await Promise.all([one.write(large), two.write(large)]);
    assert.ok(large.equals(await there) && large.equals(await back));
    assert.ok(Buffer.concat(seen).length > 2 * large.length);
    assert.ok(!Buffer.concat(seen).includes(SECRET));
  });

  it('ends with either end', async (t) => {
    const [one, two] = await join(await relayed(t));
    two.receive(() => undefined);
    one.receive(() => undefined);
    one.destroy();
    await two.closed;
  });

  it('breaks where the relay changes a byte', async (t) => {
    let isTampering = false;
    const [one, two] = await join(
      await relayed(t, (bytes) => {
        if (isTampering) bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        return bytes;
      }),
    );
    isTampering = true;
    const got: Buffer[] = [];
    two.receive((chunk) => chunk && got.push(Buffer.from(chunk)));
    one.receive(() => undefined);
    await one.write(SECRET);
    await two.closed;
    assert.deepEqual(got, []);
  });

  it('is refused by either end where the other has another key', async (t) => {
    const wrong = { asker: stranger.key, source: stranger.key };
    for (const expected of [
      { ...wrong, source: source.key },
      { ...wrong, asker: asker.key },
    ]) {
      const ends = await relayed(t);
      await assert.rejects(join(ends, expected), { code: 'wrong-key' });
      for (const end of ends) end.destroy();
    }
  });

  it('does not wait for ever', async (t) => {
    const [one] = await (await createChannelPairs(t))();
    const begun = beginInnerTls(one, { identity: asker, expectedKey: source.key, timeoutMs: 50 });
    await assert.rejects(begun, { code: 'unreachable' });
    await one.closed;
  });
});
