import { resolve } from 'node:path';
import { SwapmeetError } from '../../domain/errors.ts';
import { checkSharePath } from '../../domain/share-path.ts';

/** A folder that is shared, and the label that its files' paths begin with. */
export type ShareDefinition = { readonly label: string; readonly folder: string };

/**
 * Checks the shares that a person wants, and makes their folders absolute. The folders need not exist.
 *
 * @throws SwapmeetError `bad-argument`
 */
export function checkShareDefinitions(shares: readonly ShareDefinition[]): ShareDefinition[] {
  const labels = new Set<string>();
  return shares.map(({ label, folder }) => {
    if (!isLabel(label)) {
      throw new SwapmeetError(
        'bad-argument',
        `“${label}” can't be the label of a share: it must be like a folder's name`,
      );
    }
    if (labels.has(label)) {
      throw new SwapmeetError('bad-argument', `two shares have the label “${label}”: give one another by LABEL=DIR`);
    }
    labels.add(label);
    return { label, folder: resolve(folder) };
  });
}

function isLabel(label: string): boolean {
  try {
    return !checkSharePath(label).includes('/');
  } catch {
    return false;
  }
}
