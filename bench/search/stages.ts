import { measureAtOnce, reportAtOnce, type AtOnceFigure } from './figures/at-once.ts';
import { measureLargeList, reportLargeList, type LargeListFigure } from './figures/large-list.ts';
import { measurePublishing, reportPublishing, type PublishingFigure } from './figures/publishing.ts';
import { measureRestart, reportRestart, type RestartFigure } from './figures/restart.ts';
import { measureSearches, reportSearches, type SearchesFigure } from './figures/searching.ts';
import { measureStore, reportStore, type StoreFigure } from './figures/store.ts';
import { measureUnderLoad, reportUnderLoad, type UnderLoadFigure } from './figures/under-load.ts';
import { measureWatches, reportWatches, type WatchesFigure } from './figures/watches.ts';
import type { Field, Ground } from './field.ts';
import type { Row, Skipped } from './report.ts';
import { measurePlocate, reportPlocate, type PlocateFigure } from './rivals/plocate.ts';
import { measurePostgres, reportPostgres, type PostgresFigure } from './rivals/postgres.ts';
import { measureFts5, reportFts5, type Fts5Figure } from './rivals/sqlite-fts5.ts';

/** Everything that is measured with one number of entries, in the order in which it is. */
export type Figures = {
  readonly publish: PublishingFigure;
  readonly search: SearchesFigure;
  readonly rate: AtOnceFigure;
  readonly store: StoreFigure;
  readonly restart: RestartFigure;
  readonly busy: UnderLoadFigure;
  readonly delta: LargeListFigure;
  readonly watches: WatchesFigure;
  readonly plocate: PlocateFigure;
  readonly fts5: Fts5Figure;
  readonly postgres: PostgresFigure;
};

export type FigureName = keyof Figures;

/** What was measured so far. */
export type Known = Partial<Figures>;

/** What a stage came to, and what is known with it. */
export type Outcome = { readonly value: object; readonly rows: readonly Row[]; readonly known: Known };

export type Stage<At> = {
  readonly name: FigureName;
  readonly run: (at: At, known: Known) => Promise<Outcome>;
};

/** @param report the figure as lines of text, with its ratios to what else is known */
function stage<At, Name extends FigureName>(
  name: Name,
  measure: (at: At) => Promise<Figures[Name]>,
  report: (value: Figures[Name], known: Known) => readonly Row[],
): Stage<At> {
  return {
    name,
    run: async (at, known) => {
      const value = await measure(at);
      return { value, rows: report(value, known), known: { ...known, [name]: value } };
    },
  };
}

/** Comes before all that need a server, unless it was done. */
export const PUBLISH: Stage<Field> = stage('publish', measurePublishing, reportPublishing);

export const SERVER_STAGES: readonly Stage<Field>[] = [
  stage('search', measureSearches, reportSearches),
  stage('rate', measureAtOnce, reportAtOnce),
  stage('store', measureStore, reportStore),
  stage('restart', measureRestart, reportRestart),
  stage('busy', measureUnderLoad, reportUnderLoad),
  stage('delta', measureLargeList, reportLargeList),
  stage('watches', measureWatches, reportWatches),
];

/** While no server runs. */
export const RIVAL_STAGES: readonly Stage<Ground>[] = [
  stage('plocate', unlessItFails(measurePlocate), reportPlocate),
  stage('fts5', unlessItFails(measureFts5), reportFts5),
  stage('postgres', unlessItFails(measurePostgres), reportPostgres),
];

/** A rival that fails is told, and keeps none of the others. */
function unlessItFails<T>(measure: (ground: Ground) => Promise<T>): (ground: Ground) => Promise<T | Skipped> {
  return async (ground) => {
    try {
      return await measure(ground);
    } catch (error) {
      ground.signal.throwIfAborted();
      return { skipped: `failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  };
}

export const FIGURE_NAMES: readonly FigureName[] = [PUBLISH, ...SERVER_STAGES, ...RIVAL_STAGES].map(({ name }) => name);
