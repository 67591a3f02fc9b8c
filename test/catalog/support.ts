import assert from 'node:assert/strict';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Entry } from '../../src/domain/entry.ts';
import { SwapmeetError, type ErrorCode } from '../../src/domain/errors.ts';
import { encodeFileList } from '../../src/protocol/codecs/file-list.ts';
import type { Page, PageRequest } from '../../src/protocol/codecs/page.ts';
import { rootOf, sha1Of } from './entries.ts';

/** The catalog that a test works on: empty when the test begins. */
export type Subject = { readonly catalog: Catalog };

/** When the tests take place. */
export const NOW_MS = 1_750_000_000_000;

export async function register(catalog: Catalog, username: string, entries: readonly Entry[] = []): Promise<string> {
  const id = `id-${username}`;
  const fileList = encodeFileList(entries);
  await catalog.register({ id, username, passwordHash: `hash of ${username}`, fileList }, NOW_MS);
  return id;
}

export async function bringOnline(catalog: Catalog, id: string, nowMs = NOW_MS): Promise<void> {
  await catalog.beginSession({ id, resumeTokenHash: sha1Of(id), key: rootOf(id) }, nowMs);
  await catalog.setAddress(id, { address: '192.0.2.7', port: 7475, key: rootOf(id) });
}

/** Registers a peer that can be fetched from; its id is `id-` and its username. */
export async function share(catalog: Catalog, username: string, entries: readonly Entry[]): Promise<string> {
  const id = await register(catalog, username, entries);
  await bringOnline(catalog, id);
  return id;
}

export async function browseAll(catalog: Catalog, id: string, path?: string): Promise<string[]> {
  const rows = await allPages((page) => catalog.browse(id, path, page), undefined);
  return rows.map((row) => row.path);
}

export async function searchPaths(catalog: Catalog, query: string): Promise<string[]> {
  const { rows } = await catalog.search(query, {}, NOW_MS);
  return rows.map(({ path }) => path);
}

/** The rows of all pages, each of which but the last is full where a limit is given. */
export async function allPages<Row>(
  fetch: (page: PageRequest) => Promise<Page<Row>>,
  limit: number | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await fetch({ after, limit });
    if (page.next !== undefined) assert.ok(page.rows.length > 0, 'a page that has a next has rows');
    if (page.next !== undefined && limit !== undefined) assert.equal(page.rows.length, limit);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

export async function assertFails(code: ErrorCode, act: Promise<unknown>, sentence = /./): Promise<void> {
  await assert.rejects(act, (error) => {
    assert.ok(error instanceof SwapmeetError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, sentence);
    return true;
  });
}
