import { sign } from 'node:crypto';
import * as errors from 'jose/errors';
import { decodeJwt } from 'jose/jwt/decode';
import { jwtVerify } from 'jose/jwt/verify';
import { SwapmeetError } from '../domain/errors.ts';
import type { Certificate, Identity } from './identity.ts';

/** How long a ticket is good for; a logged-in peer gets a fresh one with every KEEP_ALIVE. [PROTOCOL §10] */
export const TICKET_LIFETIME_S = 600;
/** How far two machines' clocks may be apart. */
const CLOCK_TOLERANCE_S = 120;
const ALGORITHM = 'EdDSA';
const TYPE = 'swapmeet-ticket+jwt';
const HEADER = base64url({ alg: ALGORITHM, typ: TYPE });

/** Who a ticket says its holder is. */
export type TicketHolder = { readonly id: string; readonly username: string };

/** Who presented a ticket, and until when (Unix ms) it admits. */
export type Presenter = TicketHolder & { readonly goodUntilMs: number };

/**
 * A ticket: a JWT that says that this peer, with this certificate, is logged in. [RFC 7519, RFC 8705 §3.1] Signed here and now: the
 * way to another thread and back takes longer.
 *
 * @param server whose private key signs
 * @param thumbprint of the certificate of the connection that logged in
 */
export function signTicket(server: Identity, holder: TicketHolder, thumbprint: string, nowMs: number): string {
  const issuedAtS = Math.floor(nowMs / 1000);
  const claims = {
    name: holder.username,
    cnf: { 'x5t#S256': thumbprint },
    iss: server.key,
    sub: holder.id,
    iat: issuedAtS,
    exp: issuedAtS + TICKET_LIFETIME_S,
  };
  const signed = `${HEADER}.${base64url(claims)}`;
  // Ed25519 hashes by itself. [RFC 8037 §3.1]
  return `${signed}.${sign(null, Buffer.from(signed), server.privateKey).toString('base64url')}`;
}

function base64url(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/** When the server signed a ticket that comes from it, Unix ms; undefined for what is no ticket. */
export function ticketIssuedAtMs(ticket: string): number | undefined {
  try {
    const { iat } = decodeJwt(ticket);
    return typeof iat === 'number' ? iat * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Who presents a ticket, if it is the server's, still good, and bound to the certificate of the connection it came on.
 *
 * @throws SwapmeetError `bad-ticket`
 */
export async function verifyTicket(
  ticket: string,
  server: Certificate,
  presenter: Certificate | undefined,
  nowMs: number,
): Promise<Presenter> {
  const { payload } = await jwtVerify(ticket, server.publicKey, {
    algorithms: [ALGORITHM],
    typ: TYPE,
    issuer: server.key,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(nowMs),
    requiredClaims: ['sub', 'exp'],
  }).catch((error: unknown) => {
    const expired = error instanceof errors.JWTExpired;
    const sentence = expired
      ? 'the ticket has expired: send KEEP_ALIVE to get a new one'
      : 'the ticket is not of this network’s server';
    throw new SwapmeetError('bad-ticket', sentence, { cause: error });
  });
  const { sub, name, cnf, exp = 0 } = payload;
  const thumbprint = typeof cnf === 'object' && cnf !== null && 'x5t#S256' in cnf ? cnf['x5t#S256'] : undefined;
  if (presenter === undefined || thumbprint !== presenter.thumbprint) {
    throw new SwapmeetError('bad-ticket', 'the ticket belongs to another key than this connection’s');
  }
  if (typeof sub !== 'string' || typeof name !== 'string') {
    throw new SwapmeetError('bad-ticket', 'the ticket does not name its holder');
  }
  return { id: sub, username: name, goodUntilMs: (exp + CLOCK_TOLERANCE_S) * 1000 };
}
