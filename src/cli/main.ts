import { reportFailure } from './failure.ts';
import { quitOnBrokenPipe } from './output.ts';
import { createProgram } from './program.ts';

quitOnBrokenPipe();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, process.argv.includes('--json'));
}
