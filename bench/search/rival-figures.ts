import { spreadOf, type Spread } from '../measure.ts';
import type { CleanUp } from './clean-up.ts';
import type { Field } from './field.ts';
import { AT_ONCE_MS } from './figures/at-once.ts';
import type { Rates } from './rates.ts';
import { runPlocate, type PlocateResult } from './rivals/plocate.ts';
import { runPostgres, type PostgresResult } from './rivals/postgres.ts';
import { runFts5 } from './rivals/sqlite-fts5.ts';

/** What a rival that isn't there has for a figure: why. */
export type Skipped = { readonly skipped: string };

export type PlocateFigure = Omit<PlocateResult, 'processMs' | 'ownMs'> & {
  readonly process: Spread;
  readonly own: Spread;
};

export type RivalFigures = {
  readonly plocate: PlocateFigure | Skipped;
  readonly postgres: PostgresResult | Skipped;
  readonly fts5: Rates | Skipped;
};

export const RIVALS = ['plocate', 'postgres', 'fts5'] as const;
export type Rival = (typeof RIVALS)[number];

/** All rivals in turn, while the server under test is idle. One that is missing or fails is told, and keeps none of the others. */
export async function measureRivals(field: Field, wanted: readonly string[], cleanUp: CleanUp): Promise<RivalFigures> {
  const { folder, queries, signal } = field;
  const { pathsFile } = field.dataset;
  const attempt = async <T>(rival: Rival, run: () => Promise<T | undefined>): Promise<T | Skipped> => {
    if (!wanted.includes(rival)) return { skipped: 'not asked for' };
    field.say(`measuring ${rival}`);
    try {
      return (await run()) ?? { skipped: `${rival} is not installed here` };
    } catch (error) {
      signal.throwIfAborted();
      return { skipped: `${rival} failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
  return {
    plocate: await attempt('plocate', async () => summarise(await runPlocate(folder, pathsFile, queries, signal))),
    fts5: await attempt('fts5', () => runFts5(folder, pathsFile, signal)),
    postgres: await attempt('postgres', () =>
      runPostgres(pathsFile, queries, { lastsMs: AT_ONCE_MS, signal, cleanUp }),
    ),
  };
}

function summarise(result: PlocateResult | undefined): PlocateFigure | undefined {
  if (!result) return undefined;
  const { processMs, ownMs, ...rest } = result;
  return { ...rest, process: spreadOf(processMs), own: spreadOf(ownMs) };
}
