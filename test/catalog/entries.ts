import { createHash } from 'node:crypto';
import type { Entry } from '../../src/domain/entry.ts';

/** An entry whose hashes come from its content's name, by default its path. */
export function entry(path: string, { content = path, sizeBytes = 1_000 } = {}): Entry {
  return { path, sizeBytes, sha1: sha1Of(content), root: rootOf(content) };
}

export function sha1Of(content: string): string {
  return createHash('sha1').update(content).digest('hex');
}

export function rootOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
