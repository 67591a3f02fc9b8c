import type { CleanUp } from './clean-up.ts';
import { openField, type FieldOptions } from './field.ts';
import { measureAtOnce, type AtOnceFigure } from './figures/at-once.ts';
import { measureLargeList, type LargeListFigure } from './figures/large-list.ts';
import { measurePublishing, type PublishingFigure } from './figures/publishing.ts';
import { measureRestart, type RestartFigure } from './figures/restart.ts';
import { measureSearching, type SearchingFigure } from './figures/searching.ts';
import { measureUnderLoad, type UnderLoadFigure } from './figures/under-load.ts';
import { measureRivals, type RivalFigures } from './rival-figures.ts';
import { diskBytes, type Memory } from './tested-server.ts';

export type SizeOptions = FieldOptions & {
  readonly runs: number;
  readonly rivals: readonly string[];
  readonly cleanUp: CleanUp;
};

/** Everything that was measured with one number of entries, in the order in which it was. */
export type SizeFigures = {
  readonly entries: number;
  readonly leftOut: number;
  readonly publishing: PublishingFigure;
  readonly searching: SearchingFigure;
  readonly searchingOnline: SearchingFigure;
  readonly atOnce: AtOnceFigure;
  /** The server's, after all of that. */
  readonly memory: Memory;
  readonly disk: DiskFigure;
  readonly restart: RestartFigure;
  readonly underLoad: UnderLoadFigure;
  readonly largeList: LargeListFigure;
  readonly rivals: RivalFigures;
};

export type DiskFigure = {
  /** The whole data folder, while the server runs and once it has stopped. */
  readonly runningBytes: number;
  readonly stoppedBytes: number;
  readonly rawTextBytes: number;
};

/** Publishes a corpus to a server of its own and measures everything about it. */
export async function measureSize(options: SizeOptions): Promise<SizeFigures> {
  const { say, runs, rivals, cleanUp } = options;
  say(`making a corpus of ${options.entries} entries`);
  const field = await openField(options);
  say('publishing');
  const publishing = await measurePublishing(field);
  say('searching');
  const searching = await measureSearching(field, 'all', runs);
  const searchingOnline = await measureSearching(field, 'online', runs);
  const atOnce = await measureAtOnce(field);
  const memory = await field.server.memory();
  const runningBytes = await diskBytes(field.dataFolder);
  say('restarting');
  const restart = await measureRestart(field);
  await field.publishers.do('comeBack', field.address());
  say('searching while others publish');
  const underLoad = await measureUnderLoad(field, runs);
  say('publishing, changing, replacing and emptying a large list');
  const largeList = await measureLargeList(field);
  await field.server.stop();
  return {
    entries: field.dataset.entries,
    leftOut: field.dataset.leftOut,
    publishing,
    searching,
    searchingOnline,
    atOnce,
    memory,
    disk: { runningBytes, stoppedBytes: restart.stoppedBytes, rawTextBytes: field.dataset.pathsBytes },
    restart,
    underLoad,
    largeList,
    rivals: await measureRivals(field, rivals, cleanUp),
  };
}
