/**
 * What is left out of every share unless a person includes it, in the syntax of gitignore: hidden, unfinished and temporary
 * files, and what systems put into people's folders. The icon of a folder is macOS', `~$` is Office's, `#…#` Emacs', `@eaDir` and `#recycle` are Synology's.
 */
export const DEFAULT_PATTERNS: readonly string[] = [
  '.*',
  '*~',
  '~$*',
  '\\#*#',
  ...['part', 'partial', 'crdownload', 'download', 'opdownload', 'aria2', '!ut', '!qb', 'filepart'].map(endingIn),
  ...['tmp', 'temp', 'swp', 'swx'].map(endingIn),
  'Thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'Icon[\r]',
  '$RECYCLE.BIN',
  'System Volume Information',
  'lost+found',
  '@eaDir',
  '\\#recycle',
];

function endingIn(extension: string): string {
  return `*.${extension}`;
}
