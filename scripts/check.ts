/**
 * `npm run check`: its steps side by side, the longest first. What a step says is printed in one piece when it ends,
 * and whether it passed. Ctrl-C reaches the steps from the terminal. Exits 1 when a step failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Scripts of package.json, with their arguments. The peer's tests mostly wait: meanwhile others compute. */
const STEPS = [
  ['lint'],
  ['test:unit', 'src/peer/**/*.test.ts'],
  ['test:unit', 'src/!(peer)/**/*.test.ts', 'test/arch/**/*.test.ts'],
  ['format:check'],
  ['types'],
] as const;

const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : process.env;

/** Whether the step passed. */
async function runStep([script, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--run', script, '--', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  await once(child, 'close');
  process.stdout.write(Buffer.concat(said));
  const passed = child.exitCode === 0;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${passed ? '✔' : '✖'} ${[script, ...args].join(' ')} (${seconds} s)`);
  return passed;
}

const outcomes = await Promise.all(STEPS.map(runStep));
if (outcomes.includes(false)) process.exitCode = 1;
