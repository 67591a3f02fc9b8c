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

/**
 * Refuses folders that are not there, which are mistyped, unless they were shared before: those may be away for a while.
 *
 * @throws SwapmeetError `not-found`
 */
export async function refuseMissing(
  wanted: readonly ShareDefinition[],
  before: readonly ShareDefinition[],
): Promise<void> {
  for (const share of wanted) {
    if (before.some(({ folder }) => folder === share.folder)) continue;
    const look = await lookAtShare(share);
    if (!('fault' in look) || look.fault.code !== 'not-found') continue;
    throw new SwapmeetError(
      'not-found',
      `${share.folder} is not there, or is no folder, and can't be shared: nothing is changed`,
    );
  }
}
