import { isErrorCode, SwapmeetError } from '../../../domain/errors.ts';

export const OUTCOMES = ['open', 'paused', 'done', 'failed'] as const;
export type OutcomeKind = (typeof OUTCOMES)[number];

/** What has become of a download; an open one may say why it waits. */
export type Outcome =
  | { readonly kind: 'open'; readonly error?: SwapmeetError | undefined }
  | { readonly kind: 'paused' | 'done' }
  | { readonly kind: 'failed'; readonly error: SwapmeetError };

/** A download as it is kept. */
export type StoredDownload = {
  readonly id: string;
  /** Then there are a folder’s rows to it, and no hashes. */
  readonly isFolder: boolean;
  readonly name: string;
  readonly sha1: string;
  readonly root?: string | undefined;
  readonly sizeBytes: number;
  /** As it was when it last was at work; its hashes tell whether it still is. */
  readonly verifiedBytes: number;
  /** Absolute. */
  readonly folder: string;
  readonly path: string;
  readonly partPath?: string | undefined;
  readonly outcome: Outcome;
};

export type OutcomeColumns = {
  readonly outcome: OutcomeKind;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

export type Row = OutcomeColumns & {
  readonly id: string;
  readonly isFolder: number;
  readonly name: string;
  readonly sha1: string;
  readonly root: string | null;
  readonly sizeBytes: number;
  readonly verifiedBytes: number;
  readonly folder: string;
  readonly path: string;
  readonly partPath: string | null;
};

/** The columns of a row, for a SELECT. */
export const ROW_COLUMNS = `id, is_folder AS isFolder, name, sha1, root, size_bytes AS sizeBytes, verified_bytes AS verifiedBytes, folder, path,
  part_path AS partPath, outcome, error_code AS errorCode, error_message AS errorMessage`;

export function fromRow({ isFolder, root, partPath, outcome, errorCode, errorMessage, ...row }: Row): StoredDownload {
  const error = errorCode === null ? undefined : errorOf(errorCode, errorMessage);
  return {
    ...row,
    isFolder: isFolder === 1,
    root: root ?? undefined,
    partPath: partPath ?? undefined,
    outcome: outcomeOf(outcome, error),
  };
}

function outcomeOf(kind: OutcomeKind, error: SwapmeetError | undefined): Outcome {
  if (kind === 'failed') return { kind, error: error ?? errorOf('internal', null) };
  return kind === 'open' && error ? { kind, error } : { kind };
}

function errorOf(code: string, message: string | null): SwapmeetError {
  return new SwapmeetError(isErrorCode(code) ? code : 'internal', message ?? '');
}

export function toRow({ isFolder, outcome, root, partPath, ...download }: StoredDownload): Row {
  return {
    ...download,
    isFolder: isFolder ? 1 : 0,
    root: root ?? null,
    partPath: partPath ?? null,
    ...outcomeColumns(outcome),
  };
}

export function outcomeColumns(outcome: Outcome): OutcomeColumns {
  const error = 'error' in outcome ? outcome.error : undefined;
  return { outcome: outcome.kind, errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
}
