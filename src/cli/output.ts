import { once } from 'node:events';
import { styleText } from 'node:util';
import { SwapmeetError } from '../domain/errors.ts';
import { isFull } from '../storage/disk-failure.ts';
import { hideBar } from './bar.ts';
import { printable, printableJson } from './printable.ts';

/** Where a command's results go: stdout, as text for a person or (`--json`) as a JSON object a line. */
export type Output = {
  readonly json: boolean;
  /** A JSON object on a line. */
  record(value: object): Promise<void>;
  /** Many at once. */
  records(values: readonly object[]): Promise<void>;
  /** Lines for a person; names in them are made safe. */
  lines(texts: readonly string[]): Promise<void>;
  /** The one line that says that a server or peer can be used now: a program that started it waits for that. */
  ready(text: string): Promise<void>;
  /** The line above a table. */
  heading(text: string): Promise<void>;
  /** Something by the way for a person, on stderr; nothing with `--json`. */
  note(text: string): void;
  /** What the results are not to be taken for, on stderr, for programs too. */
  warn(text: string): void;
};

/** The exit code of what a closed pipe ended, as shells give it (128 + SIGPIPE). */
const BROKEN_PIPE = 141;

async function write(text: string): Promise<void> {
  if (text === '') return;
  // Where stdout is the same terminal, the bar would stand before the text.
  hideBar();
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

export function createOutput(json: boolean): Output {
  const warn = (text: string): void => {
    hideBar();
    process.stderr.write(`${printable(text)}\n`);
  };
  return {
    json,
    record: (value) => write(`${printableJson(value)}\n`),
    records: (values) => write(values.map((value) => `${printableJson(value)}\n`).join('')),
    lines: (texts) => write(texts.map((text) => `${printable(text)}\n`).join('')),
    ready: (text) => write(json ? `${printableJson({ ready: text })}\n` : `ready ${printable(text)}\n`),
    heading: (text) => write(`${styleText('bold', text, { stream: process.stdout })}\n`),
    note: (text) => {
      if (!json) warn(text);
    },
    warn,
  };
}

/**
 * Whoever reads us may stop reading at any time, as `head` does: then there is nothing more to do, and nothing to say. Where results
 * can't be written for another reason, that is told, and ends the command; what can't be told on stderr ends nothing.
 *
 * @param report tells of a failure and returns the exit code
 */
export function quitOnBrokenOutput(report: (error: SwapmeetError) => number): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(BROKEN_PIPE);
      if (stream === process.stdout) process.exit(report(outputFailure(error)));
    });
  }
}

function outputFailure(error: NodeJS.ErrnoException): SwapmeetError {
  const code = isFull(error) ? 'disk-full' : 'disk-error';
  const advice = code === 'disk-full' ? 'there is no room where it goes, make some' : 'look at where it goes';
  const sentence = `the output can’t be written (${error.code ?? error.message}): ${advice}, then try again`;
  return new SwapmeetError(code, sentence, { cause: error });
}
