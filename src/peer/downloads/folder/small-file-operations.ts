/** What the threads that verify and write small files are asked for, and what they answer: plain data. */
import type { ErrorCode } from '../../../domain/errors.ts';

/** So large a file may be to be fetched whole, with others, and verified before it is written. */
export const SMALL_BYTES_MAX = 256 * 1024;

export type SmallFile = {
  /** Below the target, safe on this platform. */
  readonly segments: readonly string[];
  readonly sizeBytes: number;
  readonly sha1: string;
  readonly root: string | undefined;
};

export type FileResult =
  /** It is under its name, or under a numbered one. */
  | { readonly kind: 'there'; readonly name: string }
  /** Nothing with this content is there. */
  | { readonly kind: 'missing' }
  /** The bytes do not have the hashes. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly sentence: string };

/** The folder that is downloaded, made when it is needed, and what the names of its temporary files begin with. */
export type Target = { readonly path: string; readonly temporary: string };

type Request = { readonly target: Target; readonly files: readonly SmallFile[] };

type Reply = { readonly results: readonly FileResult[] };

export type SmallFileOperations = {
  /** Which are there already. */
  survey: { request: Request; reply: Reply };
  /** Makes files of the first bytes, one after the other. */
  place: { request: Request & { readonly bytes: Uint8Array<ArrayBuffer> }; reply: Reply };
  /** Makes files of others of this machine, each of the first that has its content of those in the same place of the list. */
  copy: { request: Request & { readonly from: readonly (readonly string[])[] }; reply: Reply };
  /** Removes what a process that was killed left behind. */
  tidy: { request: { readonly target: Target }; reply: undefined };
  /** Makes a folder below the target. */
  makeFolder: { request: { readonly target: Target; readonly segments: readonly string[] }; reply: undefined };
  /** Gets files below a target onto the disk, as far as they are there, with their names and those of their folders. */
  flush: { request: { readonly target: string; readonly paths: readonly string[] }; reply: undefined };
};
