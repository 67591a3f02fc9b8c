import { median } from '../../measure.ts';
import { ASKERS, type Field } from '../field.ts';
import { watchesOf } from '../queries.ts';
import { perSecond, times, type Row } from '../report.ts';
import { startLoad } from './under-load.ts';

export type WatchesFigure = {
  readonly watches: number;
  /** Entries a second that 20 peers published, with all of these and with none standing: medians of some rounds. */
  readonly withPerS: number;
  readonly withoutPerS: number;
};

const ROUNDS = 3;
const ROUND_MS = 6_000;

/**
 * What standing searches cost those who publish: 20 peers publish at full speed while nobody watches for anything, while
 * so many watches stand, each for two words, and when they are taken back.
 */
export async function measureWatches(field: Field): Promise<WatchesFigure> {
  const queries = watchesOf(field.dataset.sample, field.watches);
  const round = async (): Promise<number> => {
    await field.untilIdle();
    await startLoad(field);
    await field.pause(ROUND_MS);
    const { entries, ms } = await field.load.do('end');
    return (entries / ms) * 1000;
  };
  const rounds = async (): Promise<number[]> => {
    const rates: number[] = [];
    for (let number = 0; number < ROUNDS; number += 1) rates.push(await round());
    return rates;
  };
  const before = await rounds();
  await field.askers.do('connect', field.address(), ASKERS);
  const watches = await field.askers.do('watch', queries);
  field.say(`${watches} watches stand`);
  const standing = await rounds();
  await field.askers.do('unwatchAll');
  const after = await rounds();
  return { watches, withPerS: median(standing), withoutPerS: median([...before, ...after]) };
}

export function reportWatches({ watches, withPerS, withoutPerS }: WatchesFigure): readonly Row[] {
  const name = `publishing, ${watches.toLocaleString('en')} watches`;
  return [[name, perSecond(withPerS), `${perSecond(withoutPerS)} without: ${times(withPerS / withoutPerS)} as fast`]];
}
