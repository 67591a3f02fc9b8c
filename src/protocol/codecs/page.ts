import { takeInteger, takeOptional } from '../codec.ts';
import { PAGE_ROWS_MAX } from '../limits.ts';
import type { Attributes } from '../text.ts';

/** Which part of a long list is asked for: up to `limit` rows after the cursor `after`, as `next` of an earlier page gave it. */
export type PageRequest = { readonly after?: string | undefined; readonly limit?: number | undefined };

/** One page; `next` is the cursor of the page that follows, absent on the last. */
export type Page<Row> = { readonly rows: readonly Row[]; readonly next?: string | undefined };

export function pageAttributes({ after, limit }: PageRequest): Attributes {
  return { after, limit: limit === undefined ? undefined : String(limit) };
}

export function takePageRequest(attributes: Attributes): PageRequest {
  return {
    after: attributes['after'],
    limit: takeOptional(attributes['limit'], (text) => takeInteger('limit', text, 1, PAGE_ROWS_MAX)),
  };
}
