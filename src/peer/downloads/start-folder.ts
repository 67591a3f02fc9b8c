import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SwapmeetError } from '../../domain/errors.ts';
import type { DownloadContext } from './job.ts';
import type { FolderOrigin } from './store/folder-rows.ts';
import { lookAt } from './target/choose.ts';
import { localName, numberedName } from './target/names.ts';

const NUMBER_MAX = 1_000;

/**
 * Puts the download of a folder into the queue, as the last, unless it is there.
 *
 * @param folder that it goes into; what a search finds goes right into it
 * @returns its id, and whether it is new
 * @throws SwapmeetError `bad-path`, `name-conflict`, `disk-error`; `not-found` for a search that finds nothing
 */
export async function addFolder(
  { store, list }: Pick<DownloadContext, 'store' | 'list'>,
  origin: FolderOrigin,
  folder: string,
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const name = 'query' in origin ? origin.query : localName(origin.path, process.platform);
  const path = 'query' in origin ? folder : await chooseFolder(folder, name);
  // One that is there goes on, whoever is online now.
  if ('query' in origin && store.findFolder(path, origin) === undefined) await assertFinds(list, origin);
  const same = store.findFolder(path, origin);
  if (same !== undefined) return { id: same, isNew: false };
  const id = randomUUID();
  store.addFolder({ id, name, folder, path, origin });
  return { id, isNew: true };
}

/** @throws SwapmeetError `not-found`; as the server answers, `disconnected` */
async function assertFinds(list: DownloadContext['list'], origin: { readonly query: string }): Promise<void> {
  const { rows } = await list(origin, undefined, 1);
  if (rows.length > 0) return;
  throw new SwapmeetError(
    'not-found',
    `nobody online has anything that “${origin.query}” finds: “swapmeet search --all” shows what others have, “swapmeet watch --get” downloads it when it appears`,
  );
}

/** The first of `name`, `name (2)` … that nothing has, or a folder: its files then lie among those that are there. */
async function chooseFolder(folder: string, name: string): Promise<string> {
  for (let number = 1; number <= NUMBER_MAX; number += 1) {
    const path = join(folder, numberedName(name, number));
    const stat = await lookAt(path);
    if (!stat || stat.isDirectory()) return path;
  }
  throw new SwapmeetError('name-conflict', `${folder} has too many files named ${name}: choose another folder`);
}
