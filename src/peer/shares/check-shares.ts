import { SwapmeetError } from '../../domain/errors.ts';
import { lookAtShare } from './look.ts';
import { checkShareDefinitions, type ShareDefinition } from './share-definitions.ts';

/**
 * Checks the shares that a person wants, and makes their folders absolute. A folder need not be there: it may lie on a disk that
 * is not plugged in.
 *
 * @throws SwapmeetError `bad-argument` for labels that can't be or are equal, and for folders that must not be shared
 */
export async function checkShares(shares: readonly ShareDefinition[]): Promise<ShareDefinition[]> {
  const checked = checkShareDefinitions(shares);
  for (const share of checked) {
    const look = await lookAtShare(share);
    if (!('fault' in look) || look.fault.code !== 'bad-argument') continue;
    throw new SwapmeetError(look.fault.code, look.fault.message);
  }
  return checked;
}
