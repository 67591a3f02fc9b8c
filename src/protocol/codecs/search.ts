import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { fieldsPayload, takeHex, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { QUERY_UNITS_MAX } from '../limits.ts';
import { escapeField, joinFields, splitFields, unescapeField } from '../text.ts';
import { takeEntry } from './file-list.ts';
import { pageAttributes, takePageRequest, type Page, type PageRequest } from './page.ts';

export type SearchRequest = PageRequest & { readonly query: string };

/** A hit of the core SEARCH: one entry of one online peer, and where that peer is reached. */
export type SearchHit = Omit<Entry, 'root'> & {
  readonly username: string;
  readonly id: string;
  readonly address: string;
  readonly port: number;
};

/** `root` chooses where two contents share a SHA-1. */
export type SourcesRequest = { readonly sha1: string; readonly root?: string | undefined };

/** All that a download needs to know of one source. */
export type Source = Entry & {
  readonly id: string;
  readonly username: string;
  readonly address: string;
  readonly port: number;
  /** SHA-256 of the source's public key, hex; absent for a source on plaintext. */
  readonly key?: string | undefined;
};

const LINES_PER_HIT = 7;

/** @throws SwapmeetError `bad-query` where it is too long */
export function takeQuery(query: string): string {
  if (query.length > QUERY_UNITS_MAX) {
    throw new SwapmeetError('bad-query', `a query has at most ${QUERY_UNITS_MAX} characters`);
  }
  return query;
}

export const searchRequest: Codec<SearchRequest> = textCodec(
  (request) => fieldsPayload([request.query], pageAttributes(request)),
  ({ lines, attributes }) => {
    const [query] = takeLines(lines, ['the query']);
    return { query: takeQuery(query), ...takePageRequest(attributes) };
  },
);

function encodeHit(hit: SearchHit): string[] {
  const { path, sizeBytes, sha1, username, id, address, port } = hit;
  return [path, formatMegabytes(sizeBytes), sha1, username, id, address, String(port)].map(escapeField);
}

function decodeHit(lines: readonly string[]): SearchHit {
  const [path = '', megabytes = '', sha1, username = '', id = '', address = '', port] = lines.map(unescapeField);
  return {
    path: checkSharePath(path),
    sizeBytes: parseMegabytes(megabytes),
    sha1: takeHex('sha1', sha1, 40),
    username,
    id,
    address,
    port: takeInteger('port', port, 1, 65_535),
  };
}

export const hitsReply: Codec<Page<SearchHit>> = textCodec(
  ({ rows, next }) => ({ lines: rows.flatMap(encodeHit), attributes: { next } }),
  ({ lines, attributes }) => {
    if (lines.length % LINES_PER_HIT !== 0) throw new SwapmeetError('bad-request', 'a hit has seven lines');
    const rows: SearchHit[] = [];
    for (let at = 0; at < lines.length; at += LINES_PER_HIT) rows.push(decodeHit(lines.slice(at, at + LINES_PER_HIT)));
    return { rows, next: attributes['next'] };
  },
);

function entryFields(entry: Entry): string[] {
  return [entry.path, formatMegabytes(entry.sizeBytes), entry.sha1, entry.root ?? ''];
}

export const sourcesRequest: Codec<SourcesRequest> = textCodec(
  ({ sha1, root }) => fieldsPayload([sha1], { root }),
  ({ lines, attributes }) => {
    const [sha1] = takeLines(lines, ['sha1']);
    return {
      sha1: takeHex('sha1', sha1, 40),
      root: takeOptional(attributes['root'], (text) => takeHex('root', text, 64)),
    };
  },
);

function decodeSource(line: string): Source {
  const fields = splitFields(line);
  const [id = '', username = '', address = '', port, key] = fields.slice(4);
  return {
    ...takeEntry(fields),
    id,
    username,
    address,
    port: takeInteger('port', port, 1, 65_535),
    key: takeOptional(key, (text) => takeHex('key', text, 64)),
  };
}

export const sourcesReply: Codec<Page<Source>> = textCodec(
  ({ rows, next }) => ({
    lines: rows.map((row) =>
      joinFields([...entryFields(row), row.id, row.username, row.address, String(row.port), row.key ?? '']),
    ),
    attributes: { next },
  }),
  ({ lines, attributes }) => ({ rows: lines.map(decodeSource), next: attributes['next'] }),
);
