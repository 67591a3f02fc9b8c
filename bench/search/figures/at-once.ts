import { ASKERS, type Field } from '../field.ts';
import { perSecond, type Row } from '../report.ts';

export type AtOnceFigure = { readonly clients: number; readonly searchesPerS: number };

/** For ours and for PostgreSQL. */
export const AT_ONCE_MS = 10_000;

/** How many searches a second 32 clients get answered together, each asking again as soon as it has its reply. */
export async function measureAtOnce(field: Field): Promise<AtOnceFigure> {
  await field.untilIdle();
  await field.askers.do('connect', field.address(), ASKERS);
  const { searches, ms } = await field.askers.do('askAtOnce', field.queries, 'all', AT_ONCE_MS);
  return { clients: ASKERS.length, searchesPerS: (searches / ms) * 1000 };
}

export function reportAtOnce({ clients, searchesPerS }: AtOnceFigure): readonly Row[] {
  return [[`searches, ${clients} clients`, perSecond(searchesPerS)]];
}
