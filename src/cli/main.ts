import { reportFailure } from './failure.ts';
import { quitOnBrokenOutput } from './output.ts';
import { createProgram } from './program.ts';

const report = (error: unknown): number => reportFailure(error, process.argv.includes('--json'));

quitOnBrokenOutput(report);
try {
  await (await createProgram(process.argv.slice(2))).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
