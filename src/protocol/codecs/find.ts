import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import type { FacetCount, Facets } from '../../domain/facets.ts';
import { formatMegabytes } from '../../domain/megabytes.ts';
import { checkSharePath } from '../../domain/share-path.ts';
import {
  fieldsPayload,
  takeInteger,
  takeLines,
  takeOptional,
  takeYes,
  textCodec,
  yesAttribute,
  type Codec,
} from '../codec.ts';
import { FIND_HOLDERS_MAX } from '../limits.ts';
import { joinFields, splitFields, type Attributes } from '../text.ts';
import { takeEntry } from './file-list.ts';
import { pageAttributes, takePageRequest, type Page, type PageRequest } from './page.ts';
import { takeQuery, takeReach, type Reach, type SearchRequest } from './search.ts';

/** Whose contents FIND looks at: of those that are online and can be fetched from, or of all that are registered. */
export const HOLDER_SCOPES = ['online', 'all'] as const;
export type HolderScope = (typeof HOLDER_SCOPES)[number];

/** How much of what matches FIND ranks: the best, or all of it, which takes its time. */
export const MATCH_SCOPES = ['best', 'all'] as const;
export type MatchScope = (typeof MATCH_SCOPES)[number];

/** A page of FIND. What is left out is `online`, `best`, sources that can be dialled, and no facets. */
export type FindPage = PageRequest & {
  readonly holders?: HolderScope | undefined;
  readonly matches?: MatchScope | undefined;
  readonly reach?: Reach | undefined;
  readonly facets?: boolean | undefined;
};
export type FindRequest = SearchRequest & FindPage;

/** A peer that holds a content; `online` means that it is a source, which can be fetched from now. */
export type Holder = {
  readonly id: string;
  readonly username: string;
  readonly path: string;
  readonly presence: 'online' | 'offline';
};

/** A row of FIND: one content under its best name. */
export type ContentRow = Entry & {
  /** How many sources there are. */
  readonly sourceCount: number;
  /** How many peers hold it, sources or not. Where only sources were asked for, equal to `sourceCount`. */
  readonly holderCount: number;
  /** The first of them, sources before others, then in order of username. */
  readonly holders: readonly Holder[];
};

export type ContentPage = Page<ContentRow> & {
  /** Contents on all pages. */
  readonly total: number;
  /** The query matches so much that only a part was ranked: `total` and `facets` are lower bounds. */
  readonly bounded: boolean;
  readonly facets?: Facets | undefined;
};

/** Takes one of some words. @throws SwapmeetError `bad-request` */
function takeOneOf<Word extends string>(name: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new SwapmeetError('bad-request', `${name} is one of ${words.join(', ')}`);
    return found;
  };
}

export const findRequest: Codec<FindRequest> = textCodec(
  ({ query, holders, matches, reach, facets, ...page }) =>
    fieldsPayload([query], { holders, matches, reach, facets: yesAttribute(facets), ...pageAttributes(page) }),
  ({ lines, attributes }) => {
    const [query] = takeLines(lines, ['the query']);
    return {
      query: takeQuery(query),
      holders: takeOptional(attributes['holders'], takeOneOf('holders', HOLDER_SCOPES)),
      matches: takeOptional(attributes['matches'], takeOneOf('matches', MATCH_SCOPES)),
      reach: takeOptional(attributes['reach'], takeReach),
      facets: takeYes('facets', attributes['facets']),
      ...takePageRequest(attributes),
    };
  },
);

/** The lines of a row: the content, then its holders. */
export function encodeContent(row: ContentRow): string[] {
  const { path, sizeBytes, sha1, root = '', sourceCount, holderCount, holders } = row;
  const counts = [sourceCount, holders.length, holderCount].map(String);
  const lines = holders.map(({ id, username, path: held, presence }) => joinFields([id, username, held, presence]));
  return [joinFields([path, formatMegabytes(sizeBytes), sha1, root, ...counts]), ...lines];
}

/** @param rowPath of the content: most are held under it, and it was checked */
function decodeHolder(line: string | undefined, rowPath: string): Holder {
  const [id, username, path, presence] = line === undefined ? [] : splitFields(line);
  if (id === undefined || username === undefined || path === undefined) {
    throw new SwapmeetError('bad-request', 'a holder line has the form id|username|filename|presence');
  }
  if (presence !== 'online' && presence !== 'offline') {
    throw new SwapmeetError('bad-request', 'a holder is online or offline');
  }
  return { id, username, path: path === rowPath ? rowPath : checkSharePath(path), presence };
}

/** The rows that lines stand for. @throws SwapmeetError `bad-request`, `bad-path` */
export function decodeContents(lines: readonly string[]): ContentRow[] {
  const rows: ContentRow[] = [];
  for (let at = 0; at < lines.length;) {
    const fields = splitFields(lines[at] ?? '');
    const sourceCount = takeInteger('the number of sources', fields[4], 0, Number.MAX_SAFE_INTEGER);
    const listed = takeInteger('the number of holders listed', fields[5], 0, FIND_HOLDERS_MAX);
    const holderCount = takeInteger('the number of holders', fields[6], 0, Number.MAX_SAFE_INTEGER);
    const { path, sizeBytes, sha1, root } = takeEntry(fields);
    const holders: Holder[] = [];
    for (let next = 1; next <= listed; next += 1) holders.push(decodeHolder(lines[at + next], path));
    // Spreading the entry would take as long as all the rest.
    const row = { path, sizeBytes, sha1, sourceCount, holderCount, holders };
    rows.push(root === undefined ? row : { path, sizeBytes, sha1, root, sourceCount, holderCount, holders });
    at += 1 + listed;
  }
  return rows;
}

/** `value:count`, separated by commas: a type or an extension has neither sign. */
function encodeFacet(counts: readonly FacetCount[]): string {
  return counts.map(({ value, count }) => `${value}:${count}`).join(',');
}

function decodeFacet(name: string, text: string): FacetCount[] {
  if (text === '') return [];
  return text.split(',').map((item) => {
    const [value = '', count] = item.split(':');
    return { value, count: takeInteger(`a count of ${name}`, count, 1, Number.MAX_SAFE_INTEGER) };
  });
}

function facetAttributes(facets: Facets | undefined): Attributes {
  return facets === undefined
    ? {}
    : { 'facet-type': encodeFacet(facets.types), 'facet-ext': encodeFacet(facets.extensions) };
}

function takeFacets(attributes: Attributes): Pick<ContentPage, 'facets'> {
  const { 'facet-type': types, 'facet-ext': extensions } = attributes;
  if (types === undefined || extensions === undefined) return {};
  return { facets: { types: decodeFacet('facet-type', types), extensions: decodeFacet('facet-ext', extensions) } };
}

/** What a page says beside its rows. */
export function contentsAttributes({ next, total, bounded, facets }: Omit<ContentPage, 'rows'>): Attributes {
  return { next, total: String(total), bounded: yesAttribute(bounded), ...facetAttributes(facets) };
}

export const contentsReply: Codec<ContentPage> = textCodec(
  (page) => ({ lines: page.rows.flatMap(encodeContent), attributes: contentsAttributes(page) }),
  ({ lines, attributes }) => ({
    rows: decodeContents(lines),
    ...(attributes['next'] === undefined ? {} : { next: attributes['next'] }),
    total: takeInteger('total', attributes['total'], 0, Number.MAX_SAFE_INTEGER),
    bounded: takeYes('bounded', attributes['bounded']) ?? false,
    ...takeFacets(attributes),
  }),
);
