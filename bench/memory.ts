import { readFile } from 'node:fs/promises';

/** The high-water mark of a process's resident set, in bytes; Linux only. */
export async function peakBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}
