import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The real program in processes of its own, as a user starts it: for end-to-end tests, the demo and benchmarks. */
const PROGRAM = fileURLToPath(new URL('../../bin/swapmeet.js', import.meta.url));
const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

export type Running = {
  readonly pid: number;
  /** What follows `ready ` on stdout: a server's join link. */
  readonly ready: string;
  readonly exited: Promise<number | null>;
  /** Everything on stderr so far. */
  readonly stderr: () => string;
  /** SIGTERM, and waits for the end. Returns the exit code. */
  readonly stop: () => Promise<number | null>;
  /** SIGKILL, and waits for the end. */
  readonly kill: () => Promise<void>;
};

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

function spawnProgram(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  within: readonly string[] = [],
): ChildProcess {
  const [command = process.execPath, ...all] = [...within, process.execPath, PROGRAM, ...args];
  return spawn(command, all, {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

/**
 * Starts a server or peer and waits for its `ready` line.
 *
 * @param within what the command line begins with: `ip netns exec NAME` runs it in a network of its own
 * @throws Error with its stderr when it ends instead
 */
export async function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  within: readonly string[] = [],
): Promise<Running> {
  const child = spawnProgram(args, env, within);
  const stderr = collect(child, 'stderr');
  const exited = exitCode(child);
  const ready = Promise.withResolvers<string>();
  if (child.stdout) {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('ready')) ready.resolve(line.slice('ready '.length));
    });
  }
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    ready.reject(new Error(`not ready within ${READY_TIMEOUT_MS / 1000} s: swapmeet ${args.join(' ')}\n${stderr()}`));
  }, READY_TIMEOUT_MS);
  void exited.then((code) => {
    ready.reject(new Error(`swapmeet ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${stderr()}`));
  });
  const line = await ready.promise.finally(() => {
    clearTimeout(timer);
  });
  return {
    pid: child.pid ?? -1,
    ready: line,
    exited,
    stderr,
    stop: async () => {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      const code = await exited;
      clearTimeout(force);
      return code;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  options: { stdin?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const child = spawnProgram(args, options.env);
  const stdout = collect(child, 'stdout');
  const stderr = collect(child, 'stderr');
  child.stdin?.on('error', () => undefined).end(options.stdin ?? '');
  const code = await exitCode(child);
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Runs a command with `--json` and returns its objects, one a line. @throws Error with its stderr when it fails */
export async function runJson<Row>(args: readonly string[]): Promise<Row[]> {
  const { code, stdout, stderr } = await run([...args, '--json']);
  if (code !== 0) throw new Error(`swapmeet ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Runs a command with `--json` and gives its objects as they come; `stop` ends it. */
export function followJson<Row>(args: readonly string[]): {
  rows: AsyncIterable<Row>;
  code: Promise<number | null>;
  stop: () => void;
} {
  const child = spawnProgram([...args, '--json']);
  const code = exitCode(child);
  async function* rows(): AsyncGenerator<Row> {
    if (!child.stdout) return;
    for await (const line of createInterface(child.stdout)) yield JSON.parse(line) as Row;
  }
  return { rows: rows(), code, stop: () => child.kill('SIGKILL') };
}

/** A folder of its own under the system's temporary one, and how to remove it. */
export async function temporaryFolder(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `swapmeet-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
