/** The names that downloads under way will give to their files, so that two never plan on the same. */
export type PathClaims = {
  isTaken(path: string, id: string): boolean;
  /** Takes a name for a download, in place of the one that it had; false where another has taken it. */
  take(path: string, id: string): boolean;
  release(id: string): void;
};

export function createPathClaims(): PathClaims {
  const ownerOf = new Map<string, string>();
  const pathOf = new Map<string, string>();

  function isTaken(path: string, id: string): boolean {
    return (ownerOf.get(path) ?? id) !== id;
  }

  function release(id: string): void {
    ownerOf.delete(pathOf.get(id) ?? '');
    pathOf.delete(id);
  }

  return {
    isTaken,
    release,
    take(path, id) {
      if (isTaken(path, id)) return false;
      release(id);
      ownerOf.set(path, id);
      pathOf.set(id, path);
      return true;
    },
  };
}
