import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import type { Host } from './namespaces.ts';

const OUTPUT_BYTES_MAX = 2 ** 26;

function commandAt({ within }: Host, program: string, args: readonly string[]): readonly [string, ...string[]] {
  const [command, ...first] = within;
  return command === undefined ? [program, ...args] : [command, ...first, program, ...args];
}

/** Runs a program on a host to its end. Returns its stdout. @throws Error where it fails */
export async function runAt(host: Host, program: string, args: readonly string[]): Promise<string> {
  const [command, ...all] = commandAt(host, program, args);
  const { stdout } = await promisify(execFile)(command, all, { maxBuffer: OUTPUT_BYTES_MAX });
  return stdout;
}

export type Program = { readonly pid: number; readonly stop: () => Promise<void> };

/** Starts a program on a host that goes on running until it is stopped. */
export function startAt(host: Host, program: string, args: readonly string[]): Program {
  const [command, ...all] = commandAt(host, program, args);
  const child = spawn(command, all, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? -1,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
