import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { race, type Attempt } from './race.ts';

const NEVER_MS = 60_000;
const { signal } = new AbortController();
const nothing = (): void => undefined;

function attempt(afterMs: number, open: Attempt<string>['open']): Attempt<string> {
  return { afterMs, open };
}

function never(stop: AbortSignal): Promise<string> {
  return new Promise((_resolve, reject) => {
    stop.addEventListener('abort', () => {
      reject(new SwapmeetError('cancelled', 'stopped'));
    });
  });
}

const failing = (): Promise<string> => Promise.reject(new SwapmeetError('unreachable', 'no'));
const succeeding = (value: string) => (): Promise<string> => Promise.resolve(value);

describe('race', () => {
  it('takes the first that succeeds, and aborts the others', async () => {
    const stops: AbortSignal[] = [];
    const slow = (stop: AbortSignal): Promise<string> => {
      stops.push(stop);
      return never(stop);
    };
    const outcome = await race([attempt(0, slow), attempt(1, succeeding('second'))], nothing, signal);
    assert.deepEqual(outcome, { value: 'second' });
    assert.deepEqual(
      stops.map(({ aborted }) => aborted),
      [true],
    );
  });

  it('begins the next at once when all before have failed, and none when one has succeeded', async () => {
    const attempts = [attempt(0, failing), attempt(NEVER_MS, failing), attempt(NEVER_MS, succeeding('third'))];
    const untried = attempt(0, () => assert.fail('begun'));
    assert.deepEqual(await race([...attempts, untried], nothing, signal), { value: 'third' });
  });

  it('discards one that succeeds too late', async () => {
    const late = Promise.withResolvers<string>();
    const discarded = new Promise<string>((resolve) => {
      void race([attempt(0, () => late.promise), attempt(1, succeeding('second'))], resolve, signal).then(() => {
        late.resolve('late');
      });
    });
    assert.equal(await discarded, 'late');
  });

  it('tells why each failed', async () => {
    const outcome = await race([attempt(0, failing), attempt(0, failing)], nothing, signal);
    assert.ok('failures' in outcome);
    assert.deepEqual(
      outcome.failures.map(({ code }) => code),
      ['unreachable', 'unreachable'],
    );
  });

  it('ends when it is not wanted any more', async () => {
    const stop = new AbortController();
    const racing = race([attempt(0, never), attempt(NEVER_MS, never)], nothing, stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(racing, { message: 'enough' });
  });
});
