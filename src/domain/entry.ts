/** One shared file of one peer, as it is published. Hashes are lower-case hex. */
export type Entry = {
  /** `share/path/in/share.ext`, `/`-separated, valid by `checkSharePath`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** 40 hex digits. */
  readonly sha1: string;
  /** 64 hex digits: the BEP 52 `pieces root`. Absent where the publisher gave none, and for empty files, which have none. */
  readonly root?: string;
};
