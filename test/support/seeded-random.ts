import type { TestContext } from 'node:test';
import { createRandom } from '../../bench/search/random.ts';

/** Numbers in [0, 1) by a seed that is printed with the test; SEED=… repeats them. */
export function seededRandom(t: Pick<TestContext, 'diagnostic'>): () => number {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
  t.diagnostic(`SEED=${seed} repeats it`);
  return createRandom(seed);
}
