/** A file as the index of shares knows it: where it is, what it holds, and the stamp that it had when it was hashed. */
export type SharedFile = {
  readonly absolutePath: string;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Lower-case hex, as `root`. */
  readonly sha1: string;
  /** Absent for an empty file, which has none. */
  readonly root?: string;
  readonly pieceBytes: number;
};

/** What a content is looked for by; without a root any with the SHA-1 will do. */
export type SharedContent = Pick<SharedFile, 'sha1'> & { readonly root?: string | undefined };

/** What uploads need of the index of shares. */
export type ShareIndex = {
  /** A file with this content (of this root, if given), or undefined where none is shared. */
  find(sha1: string, root?: string): SharedFile | undefined;
  /** The same for many at once, which costs little more than for one. */
  findAll(contents: readonly SharedContent[]): readonly (SharedFile | undefined)[];
  /** The hashes of the file's pieces, 32 bytes each in order; undefined where the file is not shared any more. */
  pieceLayer(file: SharedFile): Uint8Array | undefined;
  /** The file was found to be gone, or not to be the one that was hashed: look at it again. */
  recheck(file: SharedFile): void;
};
