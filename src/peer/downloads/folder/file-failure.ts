import type { SwapmeetError } from '../../../domain/errors.ts';

/**
 * What one file fails by others need not. But a disk that is full, away or read-only is the whole folder’s affair.
 *
 * @throws SwapmeetError the error itself where it is not the file's own
 */
export function fileFailure(error: SwapmeetError): SwapmeetError {
  if (error.code === 'bad-path' || error.code === 'name-conflict') return error;
  throw error;
}
