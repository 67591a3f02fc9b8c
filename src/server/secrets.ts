import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 80 bits: an id is a name, not a secret, but two never meet. */
const ID_BYTES = 10;
const RESUME_TOKEN_BYTES = 32;

export function createId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}

export function createResumeToken(): string {
  return randomBytes(RESUME_TOKEN_BYTES).toString('base64url');
}

/** What the catalog keeps of a resume token: it has too much entropy to need a slow hash. */
export function hashResumeToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares two secrets in a time that tells nothing of where, or in which length, they differ. */
export function secretsEqual(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());
}
