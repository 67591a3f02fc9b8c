import assert from 'node:assert/strict';
import test from 'node:test';
import { pino, type Logger } from 'pino';
import { SwapmeetError } from '../domain/errors.ts';
import { logSentence } from './log-sentence.ts';

/** What a person reads of what is logged, without the time. */
function sentencesOf(write: (log: Logger) => void): string[] {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(logSentence(line)) });
  write(log);
  for (const line of lines) assert.match(line, /^\d\d:\d\d:\d\d /);
  return lines.map((line) => line.slice('HH:MM:SS '.length));
}

test('a record is a sentence: whom it is about, what happened, details in words and units', () => {
  const sentences = sentencesOf((log) => {
    log.info({ username: 'bob', remote: '127.0.0.1' }, 'logged in');
    log.warn({ code: 'unreachable', waitMs: 1_460 }, 'no session: nobody answers');
    log.child({ part: 'peer' }).info({ revision: 3, bytes: 2_000, tookMs: 12 }, 'list published');
    log.info('stopped');
  });
  assert.deepEqual(sentences, [
    'bob: logged in (remote 127.0.0.1)',
    'warning: no session: nobody answers (unreachable, wait 1.5 s)',
    'peer: list published (revision 3, 2.00 kB, took 12 ms)',
    'stopped',
  ]);
});

test('an error tells its reason and code, and a hostile name does not drive the terminal', () => {
  const sentences = sentencesOf((log) => {
    log.error({ err: new SwapmeetError('disk-full', 'no room') }, 'a download waits');
    log.warn({ liar: 'm\u001b[2J\nallory' }, 'wrong bytes');
    log.error(new Error('gone'));
    log.error({ err: 'no error', code: 7, part: {} }, 'odd');
  });
  assert.deepEqual(sentences, [
    'error: a download waits: no room (disk-full)',
    'warning: m\ufffd[2J\ufffdallory: wrong bytes',
    'error: gone',
    'error: odd',
  ]);
});
