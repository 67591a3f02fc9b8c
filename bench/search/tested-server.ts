import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { start, type Running } from '../../test/support/processes.ts';
import { processorMs } from '../processor-time.ts';
import type { CleanUp } from './clean-up.ts';

/** Bytes of memory that the server's process has now, and had at the most. Linux only. */
export type Memory = { readonly nowBytes: number; readonly peakBytes: number };

/** The server under test: a process of its own, started as a person starts it. */
export type TestedServer = {
  readonly joinLink: () => string;
  readonly memory: () => Promise<Memory>;
  /** What its process, since it was started last, has taken of the processors. */
  readonly processorMs: () => Promise<number>;
  readonly stop: () => Promise<void>;
  /** Starts it again on the same folder, after `stop`; resolves when it says that it is ready. */
  readonly startAgain: () => Promise<void>;
};

export async function startTestedServer(folder: string, cleanUp: CleanUp): Promise<TestedServer> {
  const args = ['server', '--data', folder, '--listen', '127.0.0.1:0', '--log-level', 'error'];
  let running: Running = await start(args);
  cleanUp.add(async () => {
    await running.kill();
    // Its log has errors only: whatever it says belongs to what was measured.
    process.stderr.write(running.stderr());
  });
  return {
    joinLink: () => running.ready,
    memory: () => memoryOf(running.pid),
    processorMs: () => processorMs([running.pid]),
    stop: async () => {
      await running.stop();
    },
    startAgain: async () => {
      running = await start(args);
    },
  };
}

async function memoryOf(pid: number): Promise<Memory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const bytes = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
  return { nowBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
}

/** What a folder and all below it take on the disk. */
export async function diskBytes(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).blocks * 512));
  return sizes.reduce((sum, size) => sum + size, 0);
}
