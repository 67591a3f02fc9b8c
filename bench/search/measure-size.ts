import type { SearchBenchOptions } from '../search.ts';
import type { CleanUp } from './clean-up.ts';
import { openDataset } from './dataset.ts';
import { openField, type Ground } from './field.ts';
import { openPlace } from './place.ts';
import { readQueries } from './queries.ts';
import { printRows } from './report.ts';
import { PUBLISH, RIVAL_STAGES, SERVER_STAGES, type Known, type Stage } from './stages.ts';

export type SizeOptions = SearchBenchOptions & {
  readonly entries: number;
  readonly signal: AbortSignal;
  readonly cleanUp: CleanUp;
  readonly say: (sentence: string) => void;
};

/** What is known of a number of entries. */
export type SizeResult = { readonly entries: number; readonly known: Known };

/**
 * Publishes a corpus to a server of its own, or takes up one that was published before, and measures what is wanted. Each figure is
 * told as soon as it is there, so a run that is interrupted has told what it measured.
 */
export async function measureSize(options: SizeOptions): Promise<SizeResult> {
  const { entries, data, figures, json, say } = options;
  const place = await openPlace(data, entries, options.cleanUp);
  say(`the corpus of ${entries} entries, in ${place.folder}`);
  const dataset = await openDataset(place.folder, options);
  if (dataset.leftOut > 0)
    say(`${dataset.leftOut} lines of the corpus are no paths on the wire, or stand there twice, and are left out`);
  const queries = await readQueries(options.queries, dataset.sample);
  const ground: Ground = { ...options, place, dataset, queries };
  let { known } = place;

  async function run<At extends Ground>(stage: Stage<At>, at: At): Promise<void> {
    options.signal.throwIfAborted();
    say(`measuring ${stage.name}`);
    const outcome = await stage.run(at, known);
    ({ known } = outcome);
    await place.keep(stage.name, outcome.value);
    if (json) console.log(JSON.stringify({ bench: 'search', entries, figure: stage.name, ...outcome.value }));
    else printRows(outcome.rows);
  }

  const wanted = <At>(stages: readonly Stage<At>[]): readonly Stage<At>[] =>
    stages.filter(({ name }) => figures?.includes(name) ?? true);
  if (!json) console.log(`\n${dataset.entries} entries of ${dataset.peers.length} peers`);
  const isPublishing = !place.isPublished && (figures?.includes(PUBLISH.name) ?? true);
  if (isPublishing || wanted(SERVER_STAGES).length > 0) {
    const field = await openField(ground);
    if (!place.isPublished) {
      await run(PUBLISH, field);
      await place.setPublished();
    }
    for (const stage of wanted(SERVER_STAGES)) await run(stage, field);
    await field.server.stop();
  }
  for (const stage of wanted(RIVAL_STAGES)) await run(stage, ground);
  return { entries, known };
}
