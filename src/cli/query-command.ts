import { Command, type ParseOptionsResult } from 'commander';

/** `--typo` and a call for help are no words of a query: after `--` they are. */
function isWord(arg: string): boolean {
  return !arg.startsWith('--') && arg !== '-h';
}

/** A command whose arguments are a query: what begins with one dash and is no option is a word of it, as in `-type:video lake`. */
class QueryCommand extends Command {
  override parseOptions(args: string[]): ParseOptionsResult {
    const { operands, unknown } = super.parseOptions(args);
    const end = unknown.indexOf('--');
    const [open, literal] = end === -1 ? [unknown, []] : [unknown.slice(0, end), unknown.slice(end + 1)];
    return {
      operands: [...operands, ...open.filter(isWord), ...literal],
      unknown: open.filter((arg) => !isWord(arg)),
    };
  }
}

/** Adds a command that takes a query, as `program.command` adds others. */
export function addQueryCommand(program: Command, name: string): Command {
  const command = new QueryCommand(name).copyInheritedSettings(program);
  program.addCommand(command);
  return command;
}
