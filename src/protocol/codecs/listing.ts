import type { Entry } from '../../domain/entry.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { formatMegabytes, parseMegabytes } from '../../domain/megabytes.ts';
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
import { joinFields, splitFields } from '../text.ts';
import { decodeFileLine, encodeFileLine } from './file-list.ts';
import { pageAttributes, takePageRequest, type Page, type PageRequest } from './page.ts';

export const PRESENCE_FILTERS = ['online', 'offline', 'all'] as const;
export type PresenceFilter = (typeof PRESENCE_FILTERS)[number];

/** A row of SHOW_PEERS. */
export type PeerRow = {
  readonly username: string;
  readonly id: string;
  readonly presence: 'online' | 'offline';
  readonly files: number;
  readonly sizeBytes: number;
  /** When it was last heard of, Unix seconds; told where `details` are asked for. */
  readonly lastSeenS?: number | undefined;
};

export type ShowPeersRequest = PageRequest & {
  readonly filter: PresenceFilter;
  readonly details?: boolean | undefined;
};

/** `path` narrows the list to one folder and everything below it, or to one file. */
export type BrowseRequest = PageRequest & { readonly id: string; readonly path?: string | undefined };

export const showPeersRequest: Codec<ShowPeersRequest> = textCodec(
  (request) => fieldsPayload([request.filter], { details: yesAttribute(request.details), ...pageAttributes(request) }),
  ({ lines, attributes }) => {
    const [text] = takeLines(lines, ['online, offline or all']);
    const filter = PRESENCE_FILTERS.find((name) => name === text);
    if (filter === undefined) throw new SwapmeetError('bad-request', 'say online, offline or all');
    return { filter, details: takeYes('details', attributes['details']), ...takePageRequest(attributes) };
  },
);

function encodePeerRow({ username, id, presence, files, sizeBytes, lastSeenS }: PeerRow): string {
  const fields = [username, id, presence, String(files), formatMegabytes(sizeBytes)];
  return joinFields(lastSeenS === undefined ? fields : [...fields, String(lastSeenS)]);
}

function decodePeerRow(line: string): PeerRow {
  const [username, id, presence, files, megabytes, lastSeen] = splitFields(line);
  if (username === undefined || id === undefined || megabytes === undefined) {
    throw new SwapmeetError('bad-request', 'a peer line has the form username|id|presence|files|dimension_in_mb');
  }
  if (presence !== 'online' && presence !== 'offline') {
    throw new SwapmeetError('bad-request', 'a peer is online or offline');
  }
  const fileCount = takeInteger('files', files, 0, Number.MAX_SAFE_INTEGER);
  const lastSeenS = takeOptional(lastSeen, (text) => takeInteger('last seen', text, 0, Number.MAX_SAFE_INTEGER));
  return { username, id, presence, files: fileCount, sizeBytes: parseMegabytes(megabytes), lastSeenS };
}

export const peersReply: Codec<Page<PeerRow>> = textCodec(
  ({ rows, next }) => ({
    lines: rows.map(encodePeerRow),
    attributes: { next },
  }),
  ({ lines, attributes }) => ({ rows: lines.map(decodePeerRow), next: attributes['next'] }),
);

export const browseRequest: Codec<BrowseRequest> = textCodec(
  (request) => fieldsPayload([request.id], { path: request.path, ...pageAttributes(request) }),
  ({ lines, attributes }) => {
    const [id] = takeLines(lines, ['id']);
    return { id, path: takeOptional(attributes['path'], checkSharePath), ...takePageRequest(attributes) };
  },
);

export const filesReply: Codec<Page<Entry>> = textCodec(
  ({ rows, next }) => ({ lines: rows.map(encodeFileLine), attributes: { next } }),
  ({ lines, attributes }) => ({ rows: lines.map(decodeFileLine), next: attributes['next'] }),
);
