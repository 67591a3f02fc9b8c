import {
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { SwapmeetError } from '../../../domain/errors.ts';
import { errnoOf } from '../../../storage/errno.ts';
import type { ContentNames } from '../store/download-rows.ts';
import { numberedName } from '../target/names.ts';
import type { SmallFile, Target } from './small-file-operations.ts';
import { hasHashes } from './verify-bytes.ts';

/** So many files of other contents may have the same name. */
const NUMBER_MAX = 10_000;

/** The name, or numbered name, of a file that has the content already; undefined where there is none. @throws the system's error */
export function findPresent(folder: string, file: SmallFile): string | undefined {
  for (let number = 1; number <= NUMBER_MAX; number += 1) {
    const name = numberedName(nameOf(file), number);
    const path = join(folder, name);
    const stat = lookAt(path);
    if (!stat) return undefined;
    if (stat.isFile() && stat.size === file.sizeBytes && isSame(path, file)) return name;
  }
  return undefined;
}

/**
 * Puts bytes that were verified under their name, whole and never in place of another file.
 *
 * @returns the name that they have now: another file of the content counts, one of another content leads to a numbered name
 * @throws SwapmeetError `name-conflict`; the system's error
 */
export function placeBytes(target: Target, folder: string, file: SmallFile, bytes: Uint8Array): string {
  const temporary = join(target.path, `${target.temporary}${threadId}.part`);
  writeWhole(temporary, bytes);
  try {
    return nameTemporary(temporary, folder, file);
  } finally {
    removeQuietly(temporary);
  }
}

/** Removes temporary files of a target that nobody writes any more. */
export function removeTemporaries({ path, temporary }: Target): void {
  for (const name of readdirSync(path)) if (name.startsWith(temporary)) removeQuietly(join(path, name));
}

function nameTemporary(temporary: string, folder: string, file: SmallFile): string {
  for (let number = 1; number <= NUMBER_MAX; number += 1) {
    const name = numberedName(nameOf(file), number);
    const path = join(folder, name);
    if (isNamed(temporary, path) || isSame(path, file)) return name;
  }
  throw new SwapmeetError('name-conflict', `${folder} has too many files named ${nameOf(file)}: choose another folder`);
}

/** Names it without replacing anything. False where the name is taken. */
function isNamed(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') return false;
    if (code === 'ENOENT' || code === 'ENOSPC' || code === 'ENAMETOOLONG') throw error;
    // Not all disks have hard links, the only way that can't replace a file that appears this very moment.
    if (lstatSync(path, { throwIfNoEntry: false })) return false;
    renameSync(temporary, path);
    return true;
  }
}

/** Undefined where nothing is; below a file there is nothing, either. @throws the system's error */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const fd = openAnew(path);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
  } finally {
    closeSync(fd);
  }
}

/** A file made anew is no link to elsewhere. */
function openAnew(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    unlinkSync(path);
    return openSync(path, 'wx');
  }
}

function isSame(path: string, content: ContentNames): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isFile() && stat.size === content.sizeBytes && hasHashes(readFileSync(path), content);
  } catch {
    // What can't be read is not taken for the content; it is not touched either.
    return false;
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already, as it mostly is.
  }
}

function nameOf({ segments }: SmallFile): string {
  return segments.at(-1) ?? '';
}
