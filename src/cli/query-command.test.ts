import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addQueryCommand } from './query-command.ts';

/** The words and options that a command line gives, or the code of what commander has against it. */
function parse(...args: string[]): unknown {
  const program = new Command()
    .option('--json')
    .exitOverride()
    .configureOutput({ outputError: () => undefined, writeOut: () => undefined });
  let taken: unknown;
  addQueryCommand(program, 'search')
    .argument('<query...>')
    .option('--limit <n>')
    .action((words: string[], options: object) => {
      taken = [words.join(' '), { ...program.opts(), ...options }];
    });
  try {
    program.parse(['search', ...args], { from: 'user' });
  } catch (error) {
    return (error as { readonly code: unknown }).code;
  }
  return taken;
}

test('a word that begins with a dash is one of the query, wherever it stands', () => {
  assert.deepEqual(parse('-type:video lake'), ['-type:video lake', {}]);
  assert.deepEqual(parse('a', '-b', '--limit', '5', 'c', '--json', '-1'), ['a -b c -1', { limit: '5', json: true }]);
  assert.deepEqual(parse('-holiday', '-', 'x'), ['-holiday - x', {}]);
});

test('two dashes are an option’s, unless they come after two that stand alone', () => {
  assert.equal(parse('lake', '--limt', '5'), 'commander.unknownOption');
  assert.equal(parse('-a', '--limt', '5'), 'commander.unknownOption');
  assert.deepEqual(parse('--limit', '5', '--', '--limt', '-h'), ['--limt -h', { limit: '5' }]);
  assert.deepEqual(parse('-a', '--', '--limt', '--'), ['-a --limt --', {}]);
});

test('help is still to be had', () => {
  assert.equal(parse('--help'), 'commander.helpDisplayed');
  assert.equal(parse('-a', '-h'), 'commander.helpDisplayed');
});
