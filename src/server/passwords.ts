import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import type { PasswordHash } from '../catalog/catalog.ts';
import { createSemaphore } from './semaphore.ts';

export type Passwords = {
  /** @throws SwapmeetError `busy` */
  hash(password: string): Promise<PasswordHash>;
  /**
   * Whether the password is the one that was hashed. `undefined` stands for an account that does not exist: it costs
   * the same and is always false, so that time does not tell who is registered.
   *
   * @throws SwapmeetError `busy`
   */
  verify(password: string, hash: PasswordHash | undefined): Promise<boolean>;
};

export type PasswordOptions = {
  /** Binary logarithm of scrypt's N. */
  readonly costLog2?: number;
  readonly concurrency?: number;
  readonly waitingMax?: number;
  /** What the work is done by. */
  readonly derive?: typeof deriveKey;
};

/** N = 2^15, r = 8: 32 MiB and about 0.1 s a try. [RFC 7914 §2] */
const COST_LOG2 = 15;
const BLOCK_SIZE = 8;
const PARALLELISM = 1;
/** Leaves threads of libuv's pool of four to files and DNS. */
const CONCURRENCY = 2;
const WAITING_MAX = 256;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

type Parameters = { readonly costLog2: number; readonly blockSize: number; readonly parallelism: number };

/** The PHC string format: base64 without padding. */
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

function formatHash({ costLog2, blockSize, parallelism }: Parameters, salt: Buffer, key: Buffer): PasswordHash {
  return `$scrypt$ln=${costLog2},r=${blockSize},p=${parallelism}$${base64(salt)}$${base64(key)}`;
}

function parseHash(hash: PasswordHash): {
  readonly parameters: Parameters;
  readonly salt: Buffer;
  readonly key: Buffer;
} {
  const [, costLog2, blockSize, parallelism, salt, key] = PHC.exec(hash) ?? [];
  if (salt === undefined || key === undefined) throw new TypeError('a stored password hash is not in PHC format');
  return {
    parameters: { costLog2: Number(costLog2), blockSize: Number(blockSize), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  };
}

function deriveKey(password: string, salt: Buffer, keyBytes: number, parameters: Parameters): Promise<Buffer> {
  const { costLog2, blockSize, parallelism } = parameters;
  const cost = 2 ** costLog2;
  // Twice what scrypt needs by definition, 128 · N · r; Node's own default is exactly one byte too small for ours.
  const options: ScryptOptions = { N: cost, r: blockSize, p: parallelism, maxmem: 256 * cost * blockSize };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Password hashing at bounded concurrency, so that a flood of logins takes neither all memory nor all threads. */
export function createPasswords(options: PasswordOptions = {}): Passwords {
  const { costLog2 = COST_LOG2, concurrency = CONCURRENCY, waitingMax = WAITING_MAX, derive = deriveKey } = options;
  const parameters = { costLog2, blockSize: BLOCK_SIZE, parallelism: PARALLELISM };
  const semaphore = createSemaphore(concurrency, waitingMax);
  const nobody = { parameters, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      const key = await semaphore.run(() => derive(password, salt, KEY_BYTES, parameters));
      return formatHash(parameters, salt, key);
    },
    async verify(password, hash) {
      const known = hash === undefined ? nobody : parseHash(hash);
      const key = await semaphore.run(() => derive(password, known.salt, known.key.length, known.parameters));
      return timingSafeEqual(key, known.key) && hash !== undefined;
    },
  };
}
