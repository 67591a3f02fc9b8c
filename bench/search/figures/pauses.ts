import { spreadOf, type Spread } from '../../measure.ts';
import { PINGER, type Field } from '../field.ts';

export type Pauses = Spread & {
  readonly pings: number;
  /** How late the pinging thread itself was at the most: what of the worst may be the bench's own. */
  readonly ownLateMs: number;
};

/** Does something while KEEP_ALIVEs feel the server's pulse, see workers/ping.ts. */
export async function feelingPauses<T>(field: Field, act: () => Promise<T>): Promise<{ value: T; pauses: Pauses }> {
  await field.pinger.do('begin', field.address(), PINGER);
  const value = await act();
  const { ms, ownLateMs } = await field.pinger.do('end');
  return { value, pauses: { ...spreadOf(ms), pings: ms.length, ownLateMs } };
}
