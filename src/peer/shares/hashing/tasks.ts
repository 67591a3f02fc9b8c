/** The messages between the main thread and the hash workers. All is plain data: an error's class would not survive. */
import type { ErrorCode } from '../../../domain/errors.ts';
import type { FileStamp } from './file-stamp.ts';

/** The two hashes that a pass over a file can make. */
export type HashPart = 'sha1' | 'tree';

export type HashTask = {
  readonly kind: 'hash';
  readonly path: string;
  readonly parts: readonly HashPart[];
  /** A larger file is not hashed, only stamped. */
  readonly sizeBytesMax: number;
};

export type HashResult = {
  readonly stamp: FileStamp;
  readonly sha1?: string;
  readonly tree?: { readonly root?: string; readonly pieceBytes: number; readonly layer: Uint8Array };
};

export type VerifyTask = {
  readonly kind: 'verify';
  readonly path: string;
  readonly sizeBytes: number;
  readonly pieceBytes: number;
  readonly layer: Uint8Array;
};

export type Task = HashTask | VerifyTask;

export type ResultOf<AnyTask extends Task> = AnyTask extends HashTask ? HashResult : Uint8Array;

/** A task on its way to a worker, with the memory of its control. */
export type TaskMessage = { readonly task: Task; readonly shared: SharedArrayBuffer };

export type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly sentence: string }
  | { readonly kind: 'stopped' };
