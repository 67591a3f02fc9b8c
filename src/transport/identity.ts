import { createHash, createPrivateKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import writeFileAtomic from 'write-file-atomic';
import { SwapmeetError } from '../domain/errors.ts';
import { selfSign } from './self-signed.ts';

const generateKeys = promisify(generateKeyPair);

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

/** A new Ed25519 key pair and its certificate, in one PEM text. */
export async function generateIdentity(): Promise<Identity> {
  const keys = await generateKeys('ed25519');
  const certificate = new X509Certificate(selfSign(keys, 'swapmeet'));
  return readIdentity(
    `${keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()}${certificate.toString()}`,
  );
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
