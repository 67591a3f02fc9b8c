import { readFile } from 'node:fs/promises';

/** The unit of times in /proc, the same on all common systems. */
const TICK_MS = 10;

/** Processor time that running processes have taken so far, in ms; Linux only. */
export async function processorMs(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(pids.map(async (pid) => (await ticksOf(pid)).slice(0, 2)));
  return times.flat().reduce((sum, ticks) => sum + ticks, 0) * TICK_MS;
}

/** That of all programs that this process has run to their end, in ms. */
export async function endedProgramsMs(): Promise<number> {
  const [, , userTicks = 0, systemTicks = 0] = await ticksOf(process.pid);
  return (userTicks + systemTicks) * TICK_MS;
}

/** utime, stime, cutime, cstime [proc_pid_stat(5)]; the name before them may hold spaces and brackets. */
async function ticksOf(pid: number): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
}
