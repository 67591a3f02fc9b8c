import { CommanderError } from 'commander';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import { QueryError } from '../domain/query-parse.ts';
import { hideBar } from './bar.ts';
import { caretLines } from './caret.ts';
import { printable, printableJson } from './printable.ts';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

/** Commander's complaint about the arguments in our words: it begins with “error: ” and may have a hint on a second line. */
function usageError({ message }: CommanderError): SwapmeetError {
  const complaint = message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new SwapmeetError('bad-argument', `${complaint}: with --help, a command shows how it is used`);
}

function jsonLine(error: SwapmeetError): string {
  const { code, message } = error;
  const place = error instanceof QueryError ? { column: error.column } : {};
  return printableJson({ error: { code, message, ...place } });
}

function textLines(error: SwapmeetError): string[] {
  const line = printable(`swapmeet: ${error.message} (${error.code})`);
  return error instanceof QueryError ? [line, ...caretLines(error)] : [line];
}

/**
 * Tells of a failure on stderr: `swapmeet: sentence (code)`, with the place below where it is one of a query, or a JSON object.
 *
 * @returns the exit code: 2 for a command line that can't be read, 1 for everything else, 0 where help was all that was wanted
 */
export function reportFailure(thrown: unknown, json: boolean): number {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  // Asked for nothing, commander has shown the help already.
  if (thrown instanceof CommanderError && thrown.code === 'commander.help') return EXIT_USAGE;
  const isUsage = thrown instanceof CommanderError;
  const error = isUsage ? usageError(thrown) : toSwapmeetError(thrown);
  const lines = json ? [jsonLine(error)] : textLines(error);
  hideBar();
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  return isUsage ? EXIT_USAGE : EXIT_FAILURE;
}
