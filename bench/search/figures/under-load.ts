import { spreadOf, type Spread } from '../../measure.ts';
import { ASKERS, LOADERS, type Field } from '../field.ts';
import { ownLate, perSecond, spread, type Row } from '../report.ts';
import { endOf } from './large-list.ts';
import { feelingPauses, type Pauses } from './pauses.ts';

export type UnderLoadFigure = Spread & {
  readonly searches: number;
  /** Entries a second that the publishers had confirmed meanwhile. */
  readonly publishedPerS: number;
  readonly pauses: Pauses;
};

const FILES_EACH = 2_000;

/**
 * The same searches while 20 peers publish at full speed: each replaces a list of 2,000 files by one of as many others as soon as
 * the last one is confirmed.
 */
export async function measureUnderLoad(field: Field): Promise<UnderLoadFigure> {
  await field.askers.do('connect', field.address(), ASKERS.slice(0, 1));
  await startLoad(field);
  const { value: ms, pauses } = await feelingPauses(field, async () => {
    const times: number[] = [];
    for (let pass = 0; pass < field.runs; pass += 1) {
      times.push(...(await field.askers.do('ask', field.queries, 'all')).ms);
    }
    return times;
  });
  const load = await field.load.do('end');
  return { ...spreadOf(ms), searches: ms.length, publishedPerS: (load.entries / load.ms) * 1000, pauses };
}

export async function startLoad(field: Field): Promise<void> {
  const { listsFile, entries, peers } = field.dataset;
  const filesEach = Math.min(FILES_EACH, entries);
  await field.load.do('begin', {
    server: field.address(),
    usernames: LOADERS,
    listsFile,
    start: 0,
    end: endOf(peers, filesEach),
    filesEach,
  });
}

export function reportUnderLoad({ publishedPerS, pauses, ...times }: UnderLoadFigure): readonly Row[] {
  return [
    ['FIND while 20 peers publish', spread(times), `${perSecond(publishedPerS)} entries meanwhile`],
    ['  KEEP_ALIVE meanwhile', spread(pauses), ownLate(pauses)],
  ];
}
