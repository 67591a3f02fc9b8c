import type { Entry } from '../domain/entry.ts';
import { SwapmeetError } from '../domain/errors.ts';
import type { PeerRow } from '../protocol/codecs/listing.ts';
import type { Source } from '../protocol/codecs/search.ts';
import { PAGE_ROWS_MAX } from '../protocol/limits.ts';
import type { ServerLink } from './link/server-link.ts';

/** Questions to the server whose answers take more than one request. */
export type Directory = {
  /** The peer that a person means by a username or an id. @throws SwapmeetError `not-found` */
  findPeer(nameOrId: string): Promise<PeerRow>;
  /** The entry of one file of one peer. @throws SwapmeetError `not-found` */
  findEntry(peer: PeerRow, path: string): Promise<Entry>;
  /** The online sources of a content. */
  sources(sha1: string, root: string | undefined): Promise<readonly Source[]>;
  /**
   * What a download of a SHA-1 is about.
   *
   * @throws SwapmeetError `no-source`; `bad-argument` where two contents have this SHA-1 and no root chooses
   */
  findContent(sha1: string, root: string | undefined): Promise<Entry>;
};

export function createDirectory(link: Pick<ServerLink, 'call'>): Directory {
  async function findPeer(nameOrId: string): Promise<PeerRow> {
    let after: string | undefined;
    do {
      const page = await link.call('SHOW_PEERS', { filter: 'all', after, limit: PAGE_ROWS_MAX });
      const found = page.rows.find(({ id, username }) => username === nameOrId || id === nameOrId);
      if (found) return found;
      after = page.next;
    } while (after !== undefined);
    throw new SwapmeetError('not-found', `there is no peer ${nameOrId}: swapmeet peers lists them`);
  }

  async function findEntry(peer: PeerRow, path: string): Promise<Entry> {
    const { rows } = await link.call('BROWSE_PEER', { id: peer.id, path, limit: 1 });
    const [entry] = rows;
    if (entry?.path === path) return entry;
    throw new SwapmeetError(
      'not-found',
      `${peer.username} does not share ${path}: swapmeet browse ${peer.username} lists what is there`,
    );
  }

  async function sources(sha1: string, root: string | undefined): Promise<readonly Source[]> {
    return (await link.call('SOURCES', { sha1, root })).rows;
  }

  async function findContent(sha1: string, root: string | undefined): Promise<Entry> {
    const found = await sources(sha1, root);
    const [first] = found;
    if (!first) {
      throw new SwapmeetError('no-source', `nobody who is online shares ${sha1}: try again when its peer is back`);
    }
    const other = found.find((row) => !sameContent(row, first));
    if (other) {
      const choices = [first, other].map(({ username, path }) => `${username}:${path}`).join(' and ');
      throw new SwapmeetError(
        'bad-argument',
        `different contents share this SHA-1: choose one by PEER:PATH, as ${choices}`,
      );
    }
    return first;
  }

  return { findPeer, findEntry, sources, findContent };
}

function sameContent(one: Source, other: Source): boolean {
  return one.root === other.root && one.sizeBytes === other.sizeBytes;
}
