import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCancellation } from './cancellation.ts';

function codeOf(signal: AbortSignal | undefined): string | undefined {
  return signal?.aborted ? (signal.reason as { code: string }).code : undefined;
}

describe('createCancellation', () => {
  it('takes back what came before a CANCEL: the query that is answered, and those that wait', () => {
    const requests = createCancellation();
    for (const isCancel of [false, false, false, true, false]) requests.arrived({ isCancel });
    const signals = [true, false, true, false, true].map((cancellable) => requests.begin({ cancellable }));
    assert.deepEqual(signals.map(codeOf), ['cancelled', undefined, 'cancelled', undefined, undefined]);
    requests.arrived({ isCancel: true });
    assert.equal(codeOf(signals[4]), 'cancelled');
  });

  it('does not take back what came after', () => {
    const requests = createCancellation();
    requests.arrived({ isCancel: true });
    requests.begin({ cancellable: false });
    requests.arrived({ isCancel: false });
    assert.ok(!requests.begin({ cancellable: true }).aborted);
  });

  it('tells the request under way of the end of its connection', () => {
    const requests = createCancellation();
    requests.arrived({ isCancel: false });
    const signal = requests.begin({ cancellable: false });
    requests.end();
    assert.equal(codeOf(signal), 'disconnected');
  });
});
