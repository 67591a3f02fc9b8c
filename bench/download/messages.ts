import type { Source } from '../../src/protocol/codecs/search.ts';

/** What the benchmark and its two processes tell each other. */
export type PublishedHash = {
  readonly sizeBytes: number;
  readonly sha1: string;
  readonly root: string;
  readonly pieceBytes: number;
  /** Base64. */
  readonly layer: string;
};

export type ServeTask = {
  readonly path: string;
  readonly hash: PublishedHash;
  readonly identityFile: string;
  readonly serverFile: string;
};
export type ServeReady = { readonly port: number; readonly key: string };

export type FetchSetup = {
  readonly kind: 'setup';
  readonly database: string;
  readonly identityFile: string;
  readonly serverFile: string;
  readonly source: Source;
};
export type FetchTask = { readonly kind: 'fetch'; readonly folder: string };
export type FetchReply = { readonly kind: 'ready' } | { readonly kind: 'done'; readonly path: string };
