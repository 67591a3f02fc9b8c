import type { ApiClient } from '../api/client.ts';
import { toSwapmeetError } from '../domain/errors.ts';
import { FILTER_NAMES, parseQuery } from '../domain/query-parse.ts';
import { requiredOf, type Query } from '../domain/query.ts';

/** A word that looks like a filter; a phrase with a colon, or an address, does not. */
const LIKE_FILTER = /^([\p{L}\d]+):(?!\/\/)\S+$/u;

function wordHints(query: Query): string[] {
  const texts = requiredOf(query, 'text').map(({ text }) => text);
  const names = new Set(texts.flatMap((text) => LIKE_FILTER.exec(text)?.[1] ?? []));
  const filters = FILTER_NAMES.map((name) => `${name}:`).join(', ');
  return [
    ...Array.from(names, (name) => `${name}: is no filter, it was looked for as text; filters are ${filters}.`),
    ...(texts.some((text) => text.includes('*')) ? ['* is no wildcard: a word finds any part of a name.'] : []),
  ];
}

/** A sentence where a peer is asked for that is not there. What else goes wrong is not worth telling: the search has answered. */
async function peerHints(api: Pick<ApiClient, 'call'>, query: Query): Promise<string[]> {
  const hints: string[] = [];
  for (const { name } of requiredOf(query, 'peer')) {
    try {
      await api.call('browse', { peer: name, limit: 1 });
    } catch (error) {
      const { code, message } = toSwapmeetError(error);
      if (code === 'not-found') hints.push(`${message}.`);
    }
  }
  return hints;
}

/** What a person may have meant otherwise by a query that finds nothing. */
export async function hintsFor(api: Pick<ApiClient, 'call'>, text: string): Promise<string[]> {
  const query = parseQuery(text);
  return [...wordHints(query), ...(await peerHints(api, query))];
}
