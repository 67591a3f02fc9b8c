import type { Entry } from '../domain/entry.ts';
import { SwapmeetError } from '../domain/errors.ts';
import { fold } from '../domain/fold.ts';
import type { PeerRow } from '../protocol/codecs/listing.ts';
import type { ListFiles } from './downloads/job.ts';
import { PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX } from '../protocol/limits.ts';
import type { ServerLink } from './link/server-link.ts';

/** Questions to the server whose answers take more than one request. */
export type Directory = {
  /**
   * The id of the peer that a person means by an id or a username. An id goes first: nobody is found for another by
   * having taken that one's id as a username. A username as it is written goes before one that only reads the same, as `Ada` for
   * `ada`.
   *
   * @throws SwapmeetError `not-found`; `bad-argument` where several read the same
   */
  findPeer(idOrName: string): Promise<string>;
  /** The entry of one file of one peer. @throws SwapmeetError `not-found`; `bad-argument` where the path is a folder */
  findEntry(idOrName: string, path: string): Promise<Entry>;
  /** A folder of a peer that has files. @throws SwapmeetError `not-found`; `bad-argument` where the path is a file */
  findFolder(idOrName: string, path: string): Promise<{ readonly peerId: string; readonly path: string }>;
  /** A page of the files of a folder of a peer, or of the contents that a search finds. */
  listFiles: ListFiles;
  /**
   * What a download of a SHA-1 is about: a content that somebody holds, online or not.
   *
   * @throws SwapmeetError `no-source` where nobody does; `bad-argument` where two contents have this SHA-1 and no root chooses
   */
  findContent(sha1: string, root: string | undefined): Promise<Entry>;
};

/** Contents under one SHA-1 that are named for a person to choose from. */
const CHOICES_MAX = 2;

export function createDirectory(link: Pick<ServerLink, 'call'>): Directory {
  async function isId(text: string): Promise<boolean> {
    try {
      await link.call('BROWSE_PEER', { id: text, limit: 1 });
      return true;
    } catch (error) {
      if (error instanceof SwapmeetError && error.code === 'unknown-id') return false;
      throw error;
    }
  }

  async function findPeer(idOrName: string): Promise<string> {
    if (await isId(idOrName)) return idOrName;
    const folded = fold(idOrName);
    const alike: PeerRow[] = [];
    let after: string | undefined;
    do {
      const page = await link.call('SHOW_PEERS', { filter: 'all', after, limit: PAGE_ROWS_MAX });
      const found = page.rows.find(({ username }) => username === idOrName);
      if (found) return found.id;
      alike.push(...page.rows.filter(({ username }) => fold(username) === folded));
      after = page.next;
    } while (after !== undefined);
    return onlyOf(idOrName, alike).id;
  }

  async function findEntry(idOrName: string, path: string): Promise<Entry> {
    const { rows } = await link.call('BROWSE_PEER', { id: await findPeer(idOrName), path, limit: 1 });
    const [entry] = rows;
    if (entry?.path === path) return entry;
    if (entry) {
      throw new SwapmeetError(
        'bad-argument',
        `${path} is a folder: give it with a slash at its end, ${quoted(`${idOrName}:${path}/`)}, and all that is in it is downloaded`,
      );
    }
    throw new SwapmeetError(
      'not-found',
      `${idOrName} does not share ${path}: “swapmeet browse ${idOrName}” lists what is there`,
    );
  }

  async function findContent(sha1: string, root: string | undefined): Promise<Entry> {
    const query = root === undefined ? `sha1:${sha1}` : `sha1:${sha1} root:${root}`;
    const { rows } = await link.call('FIND', { query, holders: 'all', limit: CHOICES_MAX });
    const [first, ...others] = rows;
    if (!first) throw new SwapmeetError('no-source', `nobody shares ${sha1}, nor did anybody who is offline now`);
    if (others.length > 0) {
      const choices = rows.flatMap(({ holders: [holder] }) => (holder ? [`${holder.username}:${holder.path}`] : []));
      throw new SwapmeetError(
        'bad-argument',
        `different contents share this SHA-1: choose one by PEER:PATH, as ${choices.join(' and ')}`,
      );
    }
    return first;
  }

  async function findFolder(idOrName: string, path: string) {
    const peerId = await findPeer(idOrName);
    const { rows } = await link.call('BROWSE_PEER', { id: peerId, path, limit: 1 });
    const [entry] = rows;
    if (entry && entry.path !== path) return { peerId, path };
    if (entry) throw new SwapmeetError('bad-argument', `${path} is a file: give it without the slash at its end`);
    throw new SwapmeetError(
      'not-found',
      `${idOrName} shares nothing at ${path}: “swapmeet browse ${idOrName}” lists what is there`,
    );
  }

  return { findPeer, findEntry, findContent, findFolder, listFiles: createLister(link) };
}

/** The one that a name can only mean. */
function onlyOf(name: string, [first, ...others]: readonly PeerRow[]): PeerRow {
  if (first && others.length === 0) return first;
  if (first) {
    const names = [first, ...others].map(({ username }) => username).join(', ');
    throw new SwapmeetError('bad-argument', `${name} may be each of ${names}: write the name as it is`);
  }
  throw new SwapmeetError('not-found', `there is no peer ${name}: “swapmeet peers --all” lists them`);
}

function createLister(link: Pick<ServerLink, 'call'>): ListFiles {
  return async (origin, after, limit) => {
    // Each page of a search is a search of its own; a folder's are found at once, and the sooner the first is here the better.
    if ('query' in origin) {
      const request = {
        query: origin.query,
        reach: 'any',
        matches: 'all',
        after,
        limit: limit ?? PAGE_ROWS_MAX,
      } as const;
      const page = await link.call('FIND', request);
      if (!page.bounded) return page;
      throw new SwapmeetError('bad-query', 'more matches than a server lists: add a word, a filter or a folder');
    }
    return link.call('BROWSE_PEER', { id: origin.peerId, path: origin.path, after, limit: limit ?? PAGE_ROWS_DEFAULT });
  };
}

/** A word as a person may paste it into a shell. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text}'`;
}
