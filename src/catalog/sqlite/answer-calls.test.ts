import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SwapmeetError } from '../../domain/errors.ts';
import { answerCalls } from './answer-calls.ts';
import { openForWriting, type Database } from './database.ts';
import type { Call, Outcome } from './threads.ts';

/** A service with a table of numbers, and handlers that add to it and then do what they are named for. */
function openNumbers(database: Database) {
  database.exec('CREATE TABLE number (value)');
  const insert = database.prepare('INSERT INTO number VALUES (?)');
  const answer = answerCalls(() => ({
    database,
    transaction: 'immediate',
    handlers: {
      add: (value: number) => {
        insert.run(value);
        return value + 1;
      },
      refuse: (value: number) => {
        insert.run(value);
        throw new SwapmeetError('bad-line', 'a sentence');
      },
      fault: () => {
        throw new TypeError('a fault');
      },
      fill: () => {
        database.pragma('max_page_count = 1');
        insert.run(Buffer.alloc(1_000_000));
      },
    },
  }));
  return { together: answer, one: (call: Call) => one(answer([call])) };
}

function one(outcomes: readonly Outcome[]): Outcome {
  const [outcome] = outcomes;
  assert.ok(outcome !== undefined && outcomes.length === 1);
  return outcome;
}

function codeOf(outcome: Outcome): string | undefined {
  return 'failure' in outcome ? outcome.failure.code : undefined;
}

test('a call answers with a value, or with an error as data and nothing changed', () => {
  const database = openForWriting(':memory:');
  const { one: answer } = openNumbers(database);
  assert.deepEqual(answer({ name: 'add', args: [1] }), { value: 2 });
  const refused = answer({ name: 'refuse', args: [2] });
  assert.ok('failure' in refused);
  assert.equal(refused.failure.code, 'bad-line');
  assert.equal(refused.failure.sentence, 'a sentence');
  assert.deepEqual(database.prepare('SELECT value FROM number').pluck().all(), [1]);
  database.close();
});

test('faults are internal, and a disk that is full is said to be', () => {
  const database = openForWriting(':memory:');
  const { one: answer } = openNumbers(database);
  assert.equal(codeOf(answer({ name: 'fault', args: [] })), 'internal');
  assert.equal(codeOf(answer({ name: 'no such call', args: [] })), 'internal');
  assert.equal(codeOf(answer({ name: 'fill', args: [] })), 'disk-full');
  database.close();
});

test('a service that does not open fails the call, and is tried again at the next', () => {
  let attempts = 0;
  const answer = answerCalls(() => {
    attempts += 1;
    throw new SwapmeetError('disk-error', 'no disk');
  });
  assert.equal(codeOf(one(answer([{ name: 'add', args: [] }]))), 'disk-error');
  assert.equal(codeOf(one(answer([{ name: 'add', args: [] }]))), 'disk-error');
  assert.equal(attempts, 2);
});

test('calls that run together are undone one by one where they fail, and all where the disk does', () => {
  const database = openForWriting(':memory:');
  const { together } = openNumbers(database);
  const calls = ['add', 'refuse', 'add', 'fault'].map((name, at) => ({ name, args: [at] }));
  assert.deepEqual(
    together(calls).map((outcome) => codeOf(outcome) ?? 'done'),
    ['done', 'bad-line', 'done', 'internal'],
  );
  assert.deepEqual(database.prepare('SELECT value FROM number').pluck().all(), [0, 2]);
  database.close();
});
