import { readFile } from 'node:fs/promises';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Downloads } from '../../src/peer/downloads/downloads.ts';
import type { FolderOrigin } from '../../src/peer/downloads/store/folder-rows.ts';
import { createFixture, FAST, share, type Shared, type UploaderOptions } from './transfer-fixture.ts';

/** No source is given up for want of a quick machine. */
export const TIMING = { ...FAST, dialTimeoutMs: 10_000, callTimeoutMs: 10_000 };

export const ORIGIN: FolderOrigin = { peerId: 'ada', path: 'share/album' };

type Content = number | Buffer;

/** A folder that `ada` shares, with these files of so many or of these bytes, and a queue that downloads it. */
export async function setUpFolder(
  t: TestContext,
  contents: Readonly<Record<string, Content>>,
  options: Partial<UploaderOptions> = {},
) {
  const fixture = await createFixture(t);
  const files: Shared[] = [];
  for (const [name, content] of Object.entries(contents)) {
    files.push(await share(join(fixture.root, 'share'), `album/${name}`, content));
  }
  const ada = await fixture.uploader({ username: 'ada', files, ...options });
  const entries = files.map(({ entry }) => entry);
  const listed: (string | undefined)[] = [];
  let holders = [ada];
  let beforePage = (_after: string | undefined): Promise<void> => Promise.resolve();
  const list = async (_origin: FolderOrigin, after: string | undefined) => {
    listed.push(after);
    await beforePage(after);
    const from = after === undefined ? 0 : Number(after);
    const rows = entries.slice(from, from + 3);
    const next = from + 3 < entries.length ? String(from + 3) : undefined;
    return { rows, ...(next === undefined ? {} : { next }) };
  };
  const queue = ({ timing = TIMING } = {}): Downloads =>
    fixture.downloads({
      sources: () => [],
      list,
      timing,
      link: {
        sources: (sha1, root) => Promise.resolve(sourcesOf(sha1, root)),
        ticket: () => fixture.ticket,
        onOnline: () => () => undefined,
      },
    });
  const sourcesOf = (sha1: string, root: string | undefined) =>
    files
      .filter(({ entry }) => entry.sha1 === sha1 && entry.root === root)
      .flatMap(({ entry }) => holders.map(({ sourceOf }) => sourceOf(entry)));
  const setHolders = (wanted: typeof holders): void => {
    holders = wanted;
  };
  return {
    ...fixture,
    files,
    entries,
    ada,
    queue,
    listed,
    setHolders,
    /** What each page of the list waits for, or fails with, from now on. */
    holdPages: (hold: typeof beforePage): void => {
      beforePage = hold;
    },
    album: join(fixture.root, 'downloads', 'album'),
  };
}

/** That the folder has all of these files. */
export async function assertWhole(album: string, files: readonly Shared[]): Promise<void> {
  for (const { entry, bytes } of files) {
    const path = join(album, ...entry.path.split('/').slice(2));
    assert.ok(bytes.equals(await readFile(path)), entry.path);
  }
}
