import type { Command } from 'commander';

/**
 * Wherever they stand, commander gives the options of the list of downloads to the list: those that a command below it does not take
 * are refused here.
 */
export function refuseFilters(command: Command, taken: readonly string[]): void {
  const refused = Object.keys(command.parent?.opts() ?? {}).find((name) => !taken.includes(name));
  if (refused !== undefined) command.error(`error: unknown option '--${refused}'`, { code: 'commander.unknownOption' });
}
