import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import { fieldsPayload, takeHex, takeInteger, takeLines, takeOptional, textCodec, type Codec } from '../codec.ts';
import { QUERY_UNITS_MAX } from '../limits.ts';
import type { HostPort } from '../host-port.ts';
import { escapeField, joinFields, splitFields, unescapeField } from '../text.ts';
import { takeEntry } from './file-list.ts';
import { formatAddresses, takeAddresses } from './addresses.ts';
import { pageAttributes, takePageRequest, type Page, type PageRequest } from './page.ts';

export type SearchRequest = PageRequest & { readonly query: string };

/** A hit of the core SEARCH: one entry of one online peer, and where that peer is reached. */
export type SearchHit = Omit<Entry, 'root'> & {
  readonly username: string;
  readonly id: string;
  readonly address: string;
  readonly port: number;
};

/**
 * Which peers that are online count as sources: those whose address the server dialled back or, with `any`, those too that have
 * to be met in another way.
 */
export const REACHES = ['any'] as const;
export type Reach = (typeof REACHES)[number];

/** `root` chooses where two contents share a SHA-1. */
export type SourcesRequest = {
  readonly sha1: string;
  readonly root?: string | undefined;
  readonly reach?: Reach | undefined;
};

/** All that a download needs to know of one source. */
export type Source = Entry & {
  readonly id: string;
  readonly username: string;
  /** Where the server dialled it back, with `port`; both are absent where it could not. */
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  /** SHA-256 of the source's public key, hex; absent for a source on plaintext. */
  readonly key?: string | undefined;
  /** It holds the content in part: HAVE tells which pieces. */
  readonly part?: true | undefined;
  /** Further addresses, for whoever is behind the same public one; absent where there are none. */
  readonly addresses?: readonly HostPort[] | undefined;
};

const LINES_PER_HIT = 7;

/** @throws SwapmeetError `bad-query` where it is too long */
export function takeQuery(query: string): string {
  if (query.length > QUERY_UNITS_MAX) {
    throw new SwapmeetError('bad-query', `a query has at most ${QUERY_UNITS_MAX} characters`);
  }
  return query;
}

/** @throws SwapmeetError `bad-request` */
export function takeReach(text: string): Reach {
  const reach = REACHES.find((known) => known === text);
  if (reach !== undefined) return reach;
  throw new SwapmeetError('bad-request', `reach is ${REACHES.join(' or ')}, or left out`);
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
  ({ sha1, root, reach }) => fieldsPayload([sha1], { root, reach }),
  ({ lines, attributes }) => {
    const [sha1] = takeLines(lines, ['sha1']);
    return {
      sha1: takeHex('sha1', sha1, 40),
      root: takeOptional(attributes['root'], (text) => takeHex('root', text, 64)),
      reach: takeOptional(attributes['reach'], takeReach),
    };
  },
);

const PART = 'part';

function encodeSource(source: Source): string {
  const { id, username, address = '', port = 0, key = '', part, addresses = [] } = source;
  const fields = [...entryFields(source), id, username, address, String(port), key];
  // Most sources have none of these, and clients of before know none.
  const further = part || addresses.length > 0 ? [part ? PART : '', formatAddresses(addresses)] : [];
  return joinFields([...fields, ...further]);
}

function decodeSource(line: string): Source {
  const fields = splitFields(line);
  const [id = '', username = '', address = '', port, key, part, addresses] = fields.slice(4);
  return {
    ...takeEntry(fields),
    id,
    username,
    ...(address === '' ? {} : { address, port: takeInteger('port', port, 1, 65_535) }),
    key: takeOptional(key, (text) => takeHex('key', text, 64)),
    part: part === PART ? true : undefined,
    addresses: takeOptional(addresses, takeAddresses),
  };
}

export const sourcesReply: Codec<Page<Source>> = textCodec(
  ({ rows, next }) => ({
    lines: rows.map(encodeSource),
    attributes: { next },
  }),
  ({ lines, attributes }) => ({ rows: lines.map(decodeSource), next: attributes['next'] }),
);
