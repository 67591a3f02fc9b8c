import type { Command } from 'commander';
import { createOutput, type Output } from './output.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMS = ['json', 'text'] as const;
export type LogForm = (typeof LOG_FORMS)[number];

/** The options that every command takes. */
export type Globals = {
  readonly data?: string;
  readonly json?: true;
  readonly log?: LogForm;
  readonly logLevel?: LogLevel;
};

export function globalsOf(command: Command): Globals {
  return command.optsWithGlobals<Globals>();
}

export function outputOf(command: Command): Output {
  return createOutput(globalsOf(command).json ?? false);
}
