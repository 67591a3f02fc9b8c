import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createQueuePlaces } from './queue-places.ts';

describe('the places of a download', () => {
  it('tell the nearest, once all sources make it wait', () => {
    const places = createQueuePlaces();
    assert.equal(places.nearest(), undefined);
    places.set('ada');
    places.set('bob', { position: 3, estimateS: 60 });
    assert.equal(places.nearest(), undefined, 'ada sends');
    places.set('ada', { position: 9, estimateS: 20 });
    assert.deepEqual(places.nearest(), { username: 'ada', position: 9, estimateS: 20 });
    places.set('ada', { position: 4 });
    places.set('bob', { position: 3 });
    assert.equal(places.nearest()?.username, 'bob');
    places.set('bob');
    assert.equal(places.nearest(), undefined);
    places.leave('bob');
    assert.equal(places.nearest()?.username, 'ada');
    places.leave('ada');
    assert.equal(places.nearest(), undefined);
  });
});
