/**
 * Names of files and folders that are never shared: hidden, unfinished or temporary ones, and what systems put into
 * people's folders. `~$` is Office's, `@eaDir` and `#recycle` are Synology's, `$RECYCLE.BIN` is that of Windows.
 */
const EXCLUDED_NAMES: readonly RegExp[] = [
  /^\./,
  /~$/,
  /^~\$/,
  /\.(?:part|partial|crdownload|download|opdownload|aria2|!ut|!qb|filepart|tmp|temp|swp|swx)$/i,
  /^(?:thumbs\.db|ehthumbs\.db|desktop\.ini|\$recycle\.bin|system volume information|lost\+found|@eadir|#recycle)$/i,
];

/** Whether a file or folder of this name, and all in it, is left out of every share. */
export function isExcludedName(name: string): boolean {
  return EXCLUDED_NAMES.some((pattern) => pattern.test(name));
}
