import { SwapmeetError } from '../domain/errors.ts';
import { errnoOf } from '../storage/errno.ts';

/** A failed start as the person is told of it: where another program has the port, with the option that names another one. */
export function explainTakenPort(error: unknown, option: '--listen' | '--peer-listen'): unknown {
  if (!(error instanceof SwapmeetError) || errnoOf(error.cause) !== 'EADDRINUSE') return error;
  return new SwapmeetError(error.code, `${error.message}: stop that one, or give ${option} HOST:OTHERPORT`, {
    cause: error.cause,
  });
}
