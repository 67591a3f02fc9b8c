import { BLOCK_BYTES } from '../../../domain/pieces.ts';
import type { ByteRange } from '../byte-range.ts';
import type { Claim, Claims } from './claims.ts';

/** When a source will have sent so many bytes more, in ms from now; infinite for one that has gone silent. */
export type Forecast = (source: number, bytes: number) => number;

/** A block is asked for at most so often at once. */
const CLAIMS_MAX = 3;

/** Another source has to be so much sooner, or its copy would as likely be the one that is thrown away. */
export const SOONER = 1.5;

export type LateOptions = {
  readonly claims: Claims;
  /** Who has nothing else to do. */
  readonly source: number;
  readonly lengthMax: number;
  readonly forecast: Forecast;
  /** What this source says of itself: all that it is asked for already, and `lengthMax` more. */
  readonly ownMs: number;
  /** By how much it must be sooner besides, at this place of the file. */
  readonly patienceMs: (offset: number) => number;
  /** Whether this source may be asked for what lies there. */
  readonly mayAsk: (offset: number) => boolean;
};

/** What another source will be last to send, and this one would send sooner. */
export function findLate(options: LateOptions): ByteRange | undefined {
  const { claims, source, ownMs, patienceMs } = options;
  let latest: { readonly range: ByteRange; readonly ms: number } | undefined;
  for (const other of claims.sources()) {
    if (other === source) continue;
    let aheadBytes = 0;
    for (const claim of claims.of(other)) {
      aheadBytes += missingBytes(claims, claim);
      const ms = options.forecast(other, aheadBytes);
      const isLate = ms > ownMs * SOONER + patienceMs(claim.range.offset);
      if (!isLate || (latest && ms <= latest.ms)) continue;
      const range = rangeToRepeat(options, claim);
      if (range) latest = { range, ms };
    }
  }
  return latest?.range;
}

/** What has not come yet of a claim. */
export function missingBytes(claims: Claims, { range: { offset, length } }: Claim): number {
  let blocks = 0;
  for (let at = offset; at < offset + length; at += BLOCK_BYTES) {
    if (claims.claimsOn(at / BLOCK_BYTES) !== undefined) blocks += 1;
  }
  return Math.min(blocks * BLOCK_BYTES, length);
}

/** The last blocks of a claim that have not come, are not asked for too often, and not from this source. */
function rangeToRepeat({ claims, source, lengthMax, mayAsk }: LateOptions, { range }: Claim): ByteRange | undefined {
  const first = range.offset / BLOCK_BYTES;
  let block = Math.ceil((range.offset + range.length) / BLOCK_BYTES) - 1;
  const mayRepeat = (at: number): boolean => {
    const times = claims.claimsOn(at);
    return times !== undefined && times < CLAIMS_MAX && mayAsk(at * BLOCK_BYTES) && !isClaimedBy(claims, source, at);
  };
  while (block >= first && !mayRepeat(block)) block -= 1;
  if (block < first) return undefined;
  const end = Math.min((block + 1) * BLOCK_BYTES, range.offset + range.length);
  const least = Math.max(first, block + 1 - Math.max(1, Math.floor(lengthMax / BLOCK_BYTES)));
  while (block > least && mayRepeat(block - 1)) block -= 1;
  return { offset: block * BLOCK_BYTES, length: end - block * BLOCK_BYTES };
}

function isClaimedBy(claims: Claims, source: number, block: number): boolean {
  const at = block * BLOCK_BYTES;
  for (const { range } of claims.of(source)) {
    if (at >= range.offset && at < range.offset + range.length) return true;
  }
  return false;
}
