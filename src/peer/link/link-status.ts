import type { ErrorCode } from '../../domain/errors.ts';

/** The link to the indexing server. */
export type LinkStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'online'; readonly id: string; readonly address?: string | undefined }
  /** Disconnected; `retryAtMs` is when it tries again (Unix ms). */
  | { readonly state: 'offline'; readonly code: ErrorCode; readonly message: string; readonly retryAtMs: number }
  /** Trying again would not help: the person has to act. */
  | { readonly state: 'refused'; readonly code: ErrorCode; readonly message: string };
