import { randomBytes, sign, type KeyObject } from 'node:crypto';

/** Tags of DER. [X.690 §8] */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  objectIdentifier: 0x06,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

/** One element. [X.690 §8.1] @throws RangeError for contents of over 255 bytes, which no part of such a certificate has */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length > 0xff) throw new RangeError('longer than one byte can say');
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** [RFC 8410 §3] */
const ED25519 = der(TAG.sequence, der(TAG.objectIdentifier, Buffer.from([0x2b, 0x65, 0x70])));
const COMMON_NAME = der(TAG.objectIdentifier, Buffer.from([0x55, 0x04, 0x03]));
const VERSION_3 = der(TAG.version, der(TAG.integer, Buffer.from([2])));

/** From the beginning of Unix time to X.509's way of saying that a certificate does not expire. [RFC 5280 §4.1.2.5] */
const FOR_EVER = der(
  TAG.sequence,
  der(TAG.utcTime, Buffer.from('700101000000Z')),
  der(TAG.generalizedTime, Buffer.from('99991231235959Z')),
);

const SERIAL_BYTES = 16;

/** Positive, and with no byte too many. [RFC 5280 §4.1.2.2] */
function serialNumber(): Buffer {
  const serial = randomBytes(SERIAL_BYTES);
  serial.writeUInt8((serial.readUInt8() & 0x3f) | 0x40);
  return der(TAG.integer, serial);
}

const bitString = (bytes: Uint8Array): Buffer => der(TAG.bitString, Buffer.from([0]), bytes);

/**
 * A certificate, in DER, that carries a key and says nothing else of who holds it. [RFC 5280 §4.1] Written here: it is one fixed shape,
 * and to load a library that knows all others takes longer than anything else that a first start does.
 *
 * @param keys an Ed25519 pair
 * @param name what tools show of it; letters, digits and spaces
 */
export function selfSign(
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  name: string,
): Buffer {
  const commonName = der(TAG.sequence, COMMON_NAME, der(TAG.printableString, Buffer.from(name)));
  const subject = der(TAG.sequence, der(TAG.set, commonName));
  const keyInfo = publicKey.export({ type: 'spki', format: 'der' });
  const facts = der(TAG.sequence, VERSION_3, serialNumber(), ED25519, subject, FOR_EVER, subject, keyInfo);
  return der(TAG.sequence, facts, ED25519, bitString(sign(null, facts, privateKey)));
}
