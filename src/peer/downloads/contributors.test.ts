import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createContributors } from './contributors.ts';
import type { KeyedSource } from './sources/source-roster.ts';

function source(key: string): KeyedSource {
  const entry = { path: 'a/b', sizeBytes: 10, sha1: 'a'.repeat(40) };
  return { ...entry, id: key, username: key, address: '127.0.0.1', port: 1, key };
}

const [ada, eve] = [source('ada'), source('eve')];

describe('contributors to a content without a root', () => {
  it('are blamed when there was only one', () => {
    const contributors = createContributors(0);
    contributors.add(eve);
    contributors.add(eve);
    assert.equal(contributors.blame(), eve);
    assert.equal(contributors.mustStartOver(ada), false);
  });

  it('are not blamed, but kept apart from then on, when there were several', () => {
    const contributors = createContributors(0);
    contributors.add(eve);
    assert.equal(contributors.mustStartOver(ada), false);
    contributors.add(ada);
    assert.equal(contributors.blame(), undefined);
    contributors.startOver();
    assert.equal(contributors.mustStartOver(ada), false, 'nothing is there to mix with');
    contributors.add(ada);
    assert.equal(contributors.mustStartOver(ada), false);
    assert.equal(contributors.mustStartOver(eve), true);
    contributors.startOver();
    contributors.add(eve);
    assert.equal(contributors.blame(), eve);
  });

  it('may include somebody from before a restart, whom nobody remembers', () => {
    const contributors = createContributors(1);
    contributors.add(ada);
    assert.equal(contributors.blame(), undefined);
    assert.equal(contributors.mustStartOver(ada), true);
  });
});
