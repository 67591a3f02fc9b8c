import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import { encodeChanges, type ListChange } from '../../src/protocol/codecs/list-changes.ts';
import { NOW_MS } from './support.ts';

/** Sends a part of ann’s list. */
export async function stage(catalog: Catalog, token: string, part: number, entries: readonly Entry[]): Promise<void> {
  await catalog.stagePart('id-ann', token, part, encodeFileList(entries));
}

export async function revisionOf(catalog: Catalog, id = 'id-ann'): Promise<string> {
  return (await catalog.listState(id)).revision;
}

export async function uploadOf(catalog: Catalog, id = 'id-ann'): Promise<unknown> {
  return (await catalog.listState(id)).upload;
}

/** Makes changes to the list as it is now. */
export async function change(catalog: Catalog, changes: readonly ListChange[]): Promise<string> {
  return catalog.applyDelta('id-ann', await revisionOf(catalog), encodeChanges(changes));
}

/** What SHOW_PEERS tells of ann’s list: files and bytes. */
export async function totalsOf(catalog: Catalog): Promise<readonly number[]> {
  const { rows } = await catalog.listPeers('all', {}, NOW_MS);
  const row = rows.find(({ username }) => username === 'ann');
  return [row?.files ?? -1, row?.sizeBytes ?? -1];
}

/** Registers ann anew, as `id-ann-2`. */
export async function registerAgain(catalog: Catalog): Promise<void> {
  const registration = { id: 'id-ann-2', username: 'ann', passwordHash: 'hash of ann', fileList: new Uint8Array() };
  await catalog.register({ ...registration, replacesId: 'id-ann' }, NOW_MS);
}
