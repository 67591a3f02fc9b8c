import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CleanUp } from './clean-up.ts';
import type { FigureName, Known } from './stages.ts';

/** Where the files of one size lie: the dataset, the server's data folder, and what was measured. */
export type Place = {
  readonly folder: string;
  readonly dataFolder: string;
  /** Whether everything is published in the server's data folder. */
  readonly isPublished: boolean;
  /** All that is measured later finds it so. */
  readonly setPublished: () => Promise<void>;
  /** What was measured here before. */
  readonly known: Known;
  readonly keep: (figure: FigureName, value: object) => Promise<void>;
};

const FIGURES_FILE = 'figures.jsonl';
const PUBLISHED_FILE = 'published';

/**
 * @param data where the folders of all sizes are kept; without it the place is a temporary one, which goes at the end
 */
export async function openPlace(data: string | undefined, entries: number, cleanUp: CleanUp): Promise<Place> {
  const folder = data === undefined ? await temporaryFolder(cleanUp) : join(data, String(entries));
  const dataFolder = join(folder, 'server');
  const publishedFile = join(folder, PUBLISHED_FILE);
  const isPublished = await readFile(publishedFile).then(
    () => true,
    () => false,
  );
  // What a run left that was interrupted while it published is of no use to anybody.
  if (!isPublished) await rm(dataFolder, { recursive: true, force: true });
  await mkdir(dataFolder, { recursive: true });
  return {
    folder,
    dataFolder,
    isPublished,
    setPublished: () => writeFile(publishedFile, ''),
    known: isPublished ? await readKnown(folder) : {},
    keep: (figure, value) => appendFile(join(folder, FIGURES_FILE), `${JSON.stringify({ figure, value })}\n`),
  };
}

async function temporaryFolder(cleanUp: CleanUp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-bench-search-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The latest of each figure. */
async function readKnown(folder: string): Promise<Known> {
  const lines = await readFile(join(folder, FIGURES_FILE), 'utf8').catch(() => '');
  const kept = lines.split('\n').filter((line) => line !== '');
  const measured = kept.map((line) => JSON.parse(line) as { readonly figure: FigureName; readonly value: object });
  return Object.fromEntries(measured.map(({ figure, value }) => [figure, value]));
}

/** What is known of all sizes that are kept in a folder, by their entries. */
export async function readAllKnown(
  data: string,
): Promise<readonly { readonly entries: number; readonly known: Known }[]> {
  const names = (await readdir(data)).filter((name) => /^\d+$/.test(name));
  const all = names.map(async (name) => ({ entries: Number(name), known: await readKnown(join(data, name)) }));
  return (await Promise.all(all)).sort((one, other) => one.entries - other.entries);
}
