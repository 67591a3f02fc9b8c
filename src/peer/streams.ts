import { randomBytes } from 'node:crypto';
import { SwapmeetError } from '../domain/errors.ts';
import type { Downloads } from './downloads/downloads.ts';
import type { StreamAccess, StreamView } from './stream-view.ts';

/** Addresses under which downloads can be read by programs that know nothing but the address. */
export type Streams = {
  /**
   * What names a download to who reads it, for as long as the peer runs. It is downloaded before all others.
   *
   * @throws SwapmeetError `not-found`, `bad-argument` for a folder
   */
  readonly give: (id: string) => Promise<StreamAccess>;
  /** @throws SwapmeetError `not-found` */
  readonly open: (token: string) => StreamView;
};

const TOKEN_BYTES = 32;

/** So many addresses are good at once: the oldest go. */
const STREAMS_MAX = 10_000;

export function createStreams(downloads: Pick<Downloads, 'view' | 'change' | 'read'>): Streams {
  const ids = new Map<string, string>();
  const tokens = new Map<string, string>();

  function tokenOf(id: string): string {
    const token = tokens.get(id) ?? randomBytes(TOKEN_BYTES).toString('base64url');
    tokens.set(id, token);
    ids.set(token, id);
    const [oldest] = ids;
    if (oldest && ids.size > STREAMS_MAX) {
      ids.delete(oldest[0]);
      tokens.delete(oldest[1]);
    }
    return token;
  }

  return {
    async give(wanted) {
      const { id, name, files } = downloads.view(wanted);
      if (files) throw new SwapmeetError('bad-argument', 'a folder can’t be read as one file: get one of its files');
      await downloads.change({ ids: [id] }, { action: 'move', to: 'front' });
      return { token: tokenOf(id), name };
    },
    open(token) {
      const id = ids.get(token);
      if (id === undefined) throw new SwapmeetError('not-found', 'this address is not good any more: ask for another');
      const { name, sizeBytes, sha1, root } = downloads.view(id);
      return { name, sizeBytes, etag: root ?? sha1 ?? '', read: (range, signal) => downloads.read(id, range, signal) };
    },
  };
}
