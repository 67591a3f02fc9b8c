import { createHash, createPrivateKey, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import { SwapmeetError } from '../domain/errors.ts';

/** What a certificate says of its holder. */
export type Certificate = {
  /** The identity: SHA-256 of the public key (DER SubjectPublicKeyInfo), hex. [PROTOCOL §10] */
  readonly key: string;
  /** SHA-256 of the certificate (DER), base64url: what a ticket is bound to. [RFC 8705 §3.1] */
  readonly thumbprint: string;
  readonly publicKey: KeyObject;
};

/** A server's or peer's own key pair with the self-signed certificate that carries it. */
export type Identity = Certificate & { readonly privateKey: KeyObject; readonly pem: string };

/** The facts of a certificate in DER, as TLS showed it. */
export function readCertificate(der: Uint8Array): Certificate {
  const { publicKey } = new X509Certificate(der);
  return {
    key: createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    thumbprint: createHash('sha256').update(der).digest('base64url'),
    publicKey,
  };
}

function readIdentity(pem: string): Identity {
  const { raw } = new X509Certificate(pem);
  return { ...readCertificate(raw), privateKey: createPrivateKey(pem), pem };
}

/** X.509's way of saying that a certificate does not expire. [RFC 5280 §4.1.2.5] */
const NO_EXPIRY = new Date('9999-12-31T23:59:59Z');
const ED25519 = { name: 'Ed25519' };

/** A new Ed25519 key pair and its certificate, in one PEM text. */
export async function generateIdentity(): Promise<Identity> {
  // Needed once in a machine's life, and slow to load.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(ED25519, true, ['sign', 'verify']);
  if (!('privateKey' in keys)) throw new TypeError('Ed25519 makes key pairs');
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=swapmeet',
    notBefore: new Date(0),
    notAfter: NO_EXPIRY,
    signingAlgorithm: ED25519,
    keys,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return readIdentity(`${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n${certificate.toString('pem')}\n`);
}

/**
 * The identity kept in `file` (0600), made at first use.
 *
 * @throws SwapmeetError `disk-error` where the file can't be read or does not hold a key and certificate: it is never
 *   replaced, since others know the machine by it
 */
export async function loadOrCreateIdentity(file: string): Promise<Identity> {
  try {
    return readIdentity(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new SwapmeetError(
        'disk-error',
        `the identity in ${file} can't be read: restore it from a backup, or remove it to become somebody new`,
        { cause: error },
      );
    }
  }
  const identity = await generateIdentity();
  await writeFileAtomic(file, identity.pem, { mode: 0o600 });
  return identity;
}
