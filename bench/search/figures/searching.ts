import type { HolderScope } from '../../../src/protocol/codecs/find.ts';
import { spreadOf, type Spread } from '../../measure.ts';
import { ASKERS, type Field } from '../field.ts';
import { spread, type Row } from '../report.ts';

/** Of contents that anybody holds, and of those that somebody online does. */
export type SearchesFigure = { readonly all: SearchingFigure; readonly online: SearchingFigure };

export type SearchingFigure = Spread & {
  readonly searches: number;
  /** Rows of all replies of one pass: at most 100 each. */
  readonly rowsAPass: number;
  /** The first pass, in which the server has none of the replies yet; not in the others' figures. */
  readonly first: Spread;
};

/**
 * How long one FIND takes on a server that does nothing else: the queries one after the other on one connection, each from the call
 * to the parsed reply of at most 100 contents. A first pass is told by itself: a server keeps what it answered until something changes. The
 * others are all in one spread.
 */
async function measureSearching(field: Field, scope: HolderScope): Promise<SearchingFigure> {
  await field.askers.do('connect', field.address(), ASKERS.slice(0, 1));
  const first = await field.askers.do('ask', field.queries, scope);
  const ms: number[] = [];
  for (let pass = 0; pass < field.runs; pass += 1) {
    field.signal.throwIfAborted();
    ms.push(...(await field.askers.do('ask', field.queries, scope)).ms);
  }
  return { ...spreadOf(ms), searches: ms.length, rowsAPass: first.rows, first: spreadOf(first.ms) };
}

export async function measureSearches(field: Field): Promise<SearchesFigure> {
  await field.untilIdle();
  return { all: await measureSearching(field, 'all'), online: await measureSearching(field, 'online') };
}

export function reportSearches({ all, online }: SearchesFigure): readonly Row[] {
  return [
    ['FIND, all holders, first asked', spread(all.first), `${all.rowsAPass} rows a pass; nobody has searched before`],
    ['  asked again', spread(all)],
    ['FIND, holders online, first asked', spread(online.first)],
    ['  asked again', spread(online)],
  ];
}
