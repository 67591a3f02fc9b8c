/** What the thread that reads bundles is asked for. */
export type BundleOperations = {
  /**
   * Reads whole files to `bytes`, from `offset` on one after the other, and tells the size of each: undefined for one that
   * can't be read, or is not any more what its stamp says.
   */
  read: {
    request: {
      readonly files: readonly FileToRead[];
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly offset: number;
    };
    reply: {
      readonly sizesBytes: readonly (number | undefined)[];
      readonly bytes: Uint8Array<ArrayBuffer>;
    };
  };
};

export type FileToRead = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
};
