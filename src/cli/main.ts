import { reportFailure } from './failure.ts';
import { quitOnBrokenPipe } from './output.ts';
import { createProgram } from './program.ts';

quitOnBrokenPipe();
try {
  await (await createProgram(process.argv.slice(2))).parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, process.argv.includes('--json'));
}
