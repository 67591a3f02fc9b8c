import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { SwapmeetError } from '../domain/errors.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const BEARER = /^Bearer ([\w-]+)$/i;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Refuses pages of others. A page elsewhere that has its name resolve to loopback still sends that name as `Host`, and every
 * page sends its `Origin` where it matters.
 *
 * @throws SwapmeetError `forbidden`
 */
export function checkOrigin({ host, origin }: IncomingHttpHeaders, port: number | undefined): void {
  const hosts = LOOPBACK_NAMES.map((name) => `${name}:${port ?? ''}`);
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    throw new SwapmeetError('forbidden', `the local API is called as ${hosts.join(' or ')}`);
  }
  if (origin !== undefined && !hosts.some((own) => origin === `http://${own}`)) {
    throw new SwapmeetError('forbidden', 'the local API does not serve pages of other origins');
  }
}

/**
 * Refuses whoever is not a program of the peer's own person.
 *
 * @returns a check of one request's headers that throws SwapmeetError `unauthorized`
 */
export function createGuard(token: string): (headers: IncomingHttpHeaders) => void {
  const wanted = digest(token);
  return ({ authorization }) => {
    const given = BEARER.exec(authorization ?? '')?.[1] ?? '';
    // Digests are of one length, so that the comparison tells nothing, not even how long the token is.
    if (!timingSafeEqual(digest(given), wanted)) {
      throw new SwapmeetError('unauthorized', 'send the token of api.json as “Authorization: Bearer TOKEN”');
    }
  };
}
