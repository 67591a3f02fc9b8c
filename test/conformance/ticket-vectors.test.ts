import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../src/domain/errors.ts';
import { readCertificate } from '../../src/transport/identity.ts';
import { signTicket, verifyTicket } from '../../src/transport/tickets.ts';
import { loadVectors } from './load-vectors.ts';

type Holder = { seed: string; certificate: string; key: string; thumbprint: string };
type Presented = { title: string; ticket: string; presenter: 'peer' | 'other' | null; nowS: number };

const vectors = loadVectors('tickets.json') as {
  server: Holder;
  peer: Holder;
  other: Holder;
  claims: { sub: string; name: string; iat: number; exp: number };
  ticket: string;
  good: Presented[];
  refused: Presented[];
};

const CLOCK_TOLERANCE_S = 120;
/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8. [RFC 8410 §7] */
const PKCS8_PREFIX = '302e020100300506032b657004220420';

function certificateOf(holder: Holder): ReturnType<typeof readCertificate> {
  return readCertificate(new X509Certificate(holder.certificate).raw);
}

function verify({ ticket, presenter, nowS }: Presented): ReturnType<typeof verifyTicket> {
  const certificate = presenter === null ? undefined : certificateOf(vectors[presenter]);
  return verifyTicket(ticket, certificateOf(vectors.server), certificate, nowS * 1000);
}

describe('tickets.json', () => {
  const { server, peer, other, claims, ticket } = vectors;

  for (const holder of [server, peer, other]) {
    it(`reads key ${holder.key.slice(0, 8)}… out of its certificate`, () => {
      const { key, thumbprint } = certificateOf(holder);
      assert.deepEqual({ key, thumbprint }, { key: holder.key, thumbprint: holder.thumbprint });
    });
  }

  it('signs the same ticket', () => {
    const der = Buffer.from(PKCS8_PREFIX + server.seed, 'hex');
    const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const identity = { ...certificateOf(server), privateKey, pem: '' };
    const holder = { id: claims.sub, username: claims.name };
    assert.equal(signTicket(identity, holder, peer.thumbprint, claims.iat * 1000), ticket);
  });

  for (const presented of vectors.good) {
    it(`takes a ticket that is ${presented.title}`, async () => {
      const goodUntilMs = (claims.exp + CLOCK_TOLERANCE_S) * 1000;
      assert.deepEqual(await verify(presented), { id: claims.sub, username: claims.name, goodUntilMs });
    });
  }
  for (const presented of vectors.refused) {
    it(`refuses a ticket that is ${presented.title}`, async () => {
      await assert.rejects(verify(presented), (error) => error instanceof SwapmeetError && error.code === 'bad-ticket');
    });
  }
});
