import { fieldsPayload, takeInteger, takeLines, takeYes, textCodec, yesAttribute, type Codec } from '../codec.ts';
import { SwapmeetError } from '../../domain/errors.ts';
import { escapeField, joinFields, splitFields, unescapeField } from '../text.ts';
import { decodeContents, encodeContent, type ContentRow } from './find.ts';
import { pageAttributes, takePageRequest, type Page, type PageRequest } from './page.ts';
import { takeQuery } from './search.ts';

/** A standing search that a peer left with the server. */
export type Watch = { readonly id: string; readonly query: string };

/** Contents that match a watch. */
export type Match = {
  readonly watch: string;
  /** Grows with each match of a peer's watches; what SEEN answers with. */
  readonly mark: number;
  /** The mark of the MATCH before, in this session: none lies between. 0 where it is the first. */
  readonly after?: number | undefined;
  /** More matched than the server kept. */
  readonly more?: boolean | undefined;
  /** Each with the peer that published it as its only holder, or none where the watching peer can't reach that one. */
  readonly rows: readonly ContentRow[];
};

/** What of a watch's matches has arrived: all up to a mark. */
export type SeenRequest = { readonly watch: string; readonly mark: number };

function takeWatchId(text: string | undefined): string {
  if (text === undefined || !/^[0-9A-Za-z_-]{1,64}$/.test(text)) {
    throw new SwapmeetError('bad-request', 'the id of a watch is what WATCH answered');
  }
  return text;
}

function takeMark(text: string | undefined): number {
  return takeInteger('mark', text, 0, Number.MAX_SAFE_INTEGER);
}

export const watchRequest: Codec<{ readonly query: string }> = textCodec(
  ({ query }) => fieldsPayload([query]),
  ({ lines }) => {
    const [query] = takeLines(lines, ['the query']);
    return { query: takeQuery(query) };
  },
);

/** A payload that is the id of a watch: WATCH's OK and UNWATCH. */
export const watchId: Codec<{ readonly watch: string }> = textCodec(
  ({ watch }) => fieldsPayload([watch]),
  ({ lines }) => {
    const [id] = takeLines(lines, ['the id of the watch']);
    return { watch: takeWatchId(id) };
  },
);

export const watchesRequest: Codec<PageRequest> = textCodec(
  (page) => fieldsPayload([], pageAttributes(page)),
  ({ lines, attributes }) => {
    takeLines(lines, []);
    return takePageRequest(attributes);
  },
);

export const watchesReply: Codec<Page<Watch>> = textCodec(
  ({ rows, next }) => ({ lines: rows.map(({ id, query }) => joinFields([id, query])), attributes: { next } }),
  ({ lines, attributes }) => ({
    rows: lines.map((line) => {
      const [id, query = ''] = splitFields(line);
      return { id: takeWatchId(id), query: takeQuery(query) };
    }),
    next: attributes['next'],
  }),
);

export const seenRequest: Codec<SeenRequest> = textCodec(
  ({ watch, mark }) => fieldsPayload([watch, String(mark)]),
  ({ lines }) => {
    const [watch, mark] = takeLines(lines, ['the id of the watch', 'the mark']);
    return { watch: takeWatchId(watch), mark: takeMark(mark) };
  },
);

/** MATCH's payload. */
export const matchEvent: Codec<Match> = textCodec(
  ({ watch, mark, after, more, rows }) => ({
    lines: [escapeField(watch), ...rows.flatMap(encodeContent)],
    attributes: {
      mark: String(mark),
      after: after === undefined ? undefined : String(after),
      more: yesAttribute(more),
    },
  }),
  ({ lines: [watch = '', ...lines], attributes }) => ({
    watch: takeWatchId(unescapeField(watch)),
    mark: takeMark(attributes['mark']),
    ...(attributes['after'] === undefined ? {} : { after: takeMark(attributes['after']) }),
    more: takeYes('more', attributes['more']),
    rows: decodeContents(lines),
  }),
);
