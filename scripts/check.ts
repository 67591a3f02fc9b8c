/**
 * `npm run check`: its steps side by side, the longest first. What a step says is printed in one piece when it ends,
 * and whether it passed. Ctrl-C reaches the steps from the terminal. Exits 1 when a step failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, setPriority } from 'node:os';

/** Scripts of package.json, with their arguments. */
const STEPS = [
  ['lint'],
  ['test:unit', 'src/peer/*.test.ts', 'src/peer/!(downloads)/**/*.test.ts'],
  ['test:unit', 'src/peer/downloads/**/*.test.ts'],
  ['test:unit', 'src/!(peer)/**/*.test.ts', 'test/arch/**/*.test.ts'],
  ['format:check'],
  ['types'],
] as const;

/** Two more than there are processors: tests often wait. */
const STEPS_AT_ONCE = availableParallelism() + 2;

const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env;

/** About half of the time that others get, on Unix. */
const LESS_THAN_OTHERS = 4;

function yieldToOthers(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, LESS_THAN_OTHERS);
  } catch {
    // It has ended already, or the system won't: then it takes a little longer.
  }
}

/** Whether the step passed. */
async function runStep([script, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--run', script, '--', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  // It is the longest, and can't be divided.
  if (script !== 'lint') yieldToOthers(child.pid);
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  const passed = child.exitCode === 0;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${passed ? '✔' : '✖'} ${[script, ...args].join(' ')} (${seconds} s)`);
  return passed;
}

/** Whether all steps passed that it took from those that were left. */
async function runSteps(left: IterableIterator<(typeof STEPS)[number]>): Promise<boolean> {
  let passed = true;
  for (const step of left) passed = (await runStep(step)) && passed;
  return passed;
}

const left = STEPS.values();
const outcomes = await Promise.all(Array.from({ length: STEPS_AT_ONCE }, () => runSteps(left)));
if (outcomes.includes(false)) process.exitCode = 1;
