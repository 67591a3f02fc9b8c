import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { selfSign } from './self-signed.ts';

describe('self-signed certificate', () => {
  const keys = generateKeyPairSync('ed25519');
  const der = selfSign(keys, 'a name');
  const certificate = new X509Certificate(der);

  it('carries its key, which signed it', () => {
    assert.ok(certificate.publicKey.equals(keys.publicKey));
    assert.ok(certificate.checkPrivateKey(keys.privateKey));
    assert.ok(certificate.verify(keys.publicKey));
    assert.ok(!certificate.verify(generateKeyPairSync('ed25519').publicKey));
  });

  it('is its own issuer, and does not expire', () => {
    assert.equal(certificate.subject, 'CN=a name');
    assert.ok(certificate.checkIssued(certificate));
    assert.equal(certificate.validFromDate.getTime(), 0);
    assert.equal(certificate.validToDate.toISOString(), '9999-12-31T23:59:59.000Z');
  });

  it('is DER to the last byte, with nothing after it', () => {
    assert.deepEqual(certificate.raw, der);
  });

  it('has a positive serial number of its own', () => {
    const serials = Array.from({ length: 50 }, () => new X509Certificate(selfSign(keys, 'a name')).serialNumber);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
    assert.equal(new Set(serials).size, serials.length);
  });

  it('has no name that it has no room for', () => {
    assert.throws(() => selfSign(keys, 'n'.repeat(300)), RangeError);
  });
});
