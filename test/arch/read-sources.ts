import { glob, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** The TypeScript files below a folder of the project: paths from its root, `/`-separated, and their text. */
export async function readSources(folder: string): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for await (const file of glob(join(folder, '**', '*.ts'), { cwd: ROOT })) {
    sources.set(file.replaceAll(sep, '/'), await readFile(join(ROOT, file), 'utf8'));
  }
  return sources;
}
