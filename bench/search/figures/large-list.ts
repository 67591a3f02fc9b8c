import { spreadOf, type Spread } from '../../measure.ts';
import { ASKERS, LARGE, type Field } from '../field.ts';
import { milliseconds, ownLate, spread, type Row } from '../report.ts';
import { feelingPauses, type Pauses } from './pauses.ts';

type Step = { readonly ms: number; readonly pauses: Pauses };

export type LargeListFigure = {
  readonly files: number;
  readonly publishing: Step;
  /** By as many files in another folder. */
  readonly replacing: Step;
  /** By an empty list, which is what the server does to a registration that expires. */
  readonly emptying: Step;
  /** From sending a change of 100 files to the reply that shows them, right after the list was published. */
  readonly change: Spread;
  /** The same when the server has put its parts together. */
  readonly changeAtRest: Spread;
};

const FILES_MAX = 1_000_000;
const CHANGES = 20;

/**
 * One peer publishes a list of a million files (or as many as the corpus has), changes it, replaces it and empties it; KEEP_ALIVEs
 * feel whether anybody else is held up meanwhile.
 */
export async function measureLargeList(field: Field): Promise<LargeListFigure> {
  const { listsFile, peers, entries } = field.dataset;
  const files = Math.min(FILES_MAX, entries);
  const asker = ASKERS[0] ?? '';
  const end = endOf(peers, files);
  await field.large.do('connect', { server: field.address(), username: LARGE, asker, listsFile, end, files });
  const step = async (folder: string | undefined): Promise<Step> => {
    await field.large.do('prepare', folder);
    const { value: ms, pauses } = await feelingPauses(field, () => field.large.do('publish'));
    return { ms, pauses };
  };
  const publishing = await step('large');
  const change = async (): Promise<Spread> => {
    const ms: number[] = [];
    for (let number = 0; number < CHANGES; number += 1) ms.push(await field.large.do('change'));
    return spreadOf(ms);
  };
  const soon = await change();
  await field.untilIdle();
  const atRest = await change();
  const replacing = await step('other large');
  const emptying = await step(undefined);
  await field.large.do('close');
  return { files, publishing, replacing, emptying, change: soon, changeAtRest: atRest };
}

/** Where in the file of lists so many files have been listed. */
export function endOf(peers: Field['dataset']['peers'], files: number): number {
  let counted = 0;
  return (peers.find((peer) => (counted += peer.files) >= files) ?? peers.at(-1))?.end ?? 0;
}

export function reportLargeList({ files, change, changeAtRest, ...steps }: LargeListFigure): readonly Row[] {
  const { publishing, replacing, emptying } = steps;
  return [
    ['a change of 100 files is found', spread(change), `in a list of ${files.toLocaleString('en')}`],
    ['  when the server is at rest', spread(changeAtRest)],
    ...Object.entries({ publishing, replacing, emptying }).flatMap(([name, { ms, pauses }]): readonly Row[] => [
      [`${name} that list`, milliseconds(ms)],
      ['  KEEP_ALIVE meanwhile', spread(pauses), ownLate(pauses)],
    ]),
  ];
}
