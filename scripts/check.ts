/**
 * `npm run check`: its steps side by side, the longest first. What a step says is printed in one piece when it ends;
 * the last lines tell which passed. Ctrl-C reaches the steps from the terminal. Exits 1 when a step failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Scripts of package.json. */
const STEPS = ['lint', 'test:unit', 'format:check', 'types'] as const;

const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env;

/** The line that sums the step up, and whether it passed. */
async function runStep(step: string): Promise<{ readonly passed: boolean; readonly line: string }> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--run', step], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  const passed = child.exitCode === 0;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  return { passed, line: `${passed ? '✔' : '✖'} ${step} (${seconds} s)` };
}

const outcomes = await Promise.all(STEPS.map(runStep));
for (const { line } of outcomes) console.log(line);
if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1;
