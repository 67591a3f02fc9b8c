import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { SwapmeetError } from '../domain/errors.ts';
import { PASSWORD_UNITS_MAX } from '../protocol/limits.ts';

export type PasswordOptions = { readonly passwordFile?: string; readonly askPassword?: true };

/** The options that name where a password comes from: never the command line itself, which others can read. */
export function addPasswordOptions(command: Command): Command {
  return command
    .option('--password-file <file>', 'take the password from the first line of a file')
    .option('--ask-password', 'ask for the password (default: $SWAPMEET_PASSWORD)');
}

/**
 * The password that a person gives: from a prompt, a file, or `SWAPMEET_PASSWORD`, in this order; undefined where from none.
 *
 * @throws SwapmeetError `bad-argument`
 */
export async function readPassword({ passwordFile, askPassword }: PasswordOptions): Promise<string | undefined> {
  if (askPassword) return takePassword(await promptPassword());
  if (passwordFile !== undefined) return takePassword(await readFirstLine(passwordFile));
  const given = process.env['SWAPMEET_PASSWORD'];
  return given === undefined || given === '' ? undefined : takePassword(given);
}

function takePassword(text: string): string {
  if (text === '' || text.length > PASSWORD_UNITS_MAX) {
    throw new SwapmeetError('bad-argument', `a password has 1 to ${PASSWORD_UNITS_MAX} characters`);
  }
  return text;
}

async function readFirstLine(file: string): Promise<string> {
  try {
    const [line = ''] = (await readFile(file, 'utf8')).split(/\r?\n/, 1);
    return line;
  } catch (cause) {
    throw new SwapmeetError('bad-argument', `the password file ${file} can’t be read`, { cause });
  }
}

/** Asks on the terminal, without showing what is typed. @throws SwapmeetError `bad-argument` where there is no terminal */
export async function promptPassword(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new SwapmeetError(
      'bad-argument',
      'there is no terminal to ask on: give --password-file or SWAPMEET_PASSWORD',
    );
  }
  process.stderr.write('Password: ');
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  const terminal = createInterface({ input: process.stdin, output: unseen, terminal: true });
  const given = new AbortController();
  // Ctrl-C and Ctrl-D end the asking.
  terminal.once('SIGINT', () => {
    given.abort();
  });
  terminal.once('close', () => {
    given.abort();
  });
  try {
    return await terminal.question('', { signal: given.signal });
  } catch (cause) {
    throw new SwapmeetError('bad-argument', 'no password was given', { cause });
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
