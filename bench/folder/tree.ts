import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const FILES_A_FOLDER = 100;

/** A folder of folders of files of random bytes. Returns its path. */
export function makeTree(root: string, files: number, fileBytes: number): string {
  const buffer = Buffer.allocUnsafe(fileBytes);
  for (let at = 0; at < files; at += 1) {
    const folder = join(root, String(Math.floor(at / FILES_A_FOLDER)));
    if (at % FILES_A_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${at}.bin`), randomFillSync(buffer));
  }
  return root;
}

export async function countFiles(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
