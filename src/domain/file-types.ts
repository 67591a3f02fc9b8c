/** What `type:` in a query stands for: the extensions of each type, folded and without their dot. */
export const FILE_TYPES = {
  audio: [
    ...['aac', 'aif', 'aiff', 'alac', 'ape', 'dsf', 'flac', 'm4a', 'm4b', 'mid', 'midi', 'mka', 'mp3', 'oga', 'ogg'],
    ...['opus', 'wav', 'wma', 'wv'],
  ],
  video: [
    ...['3gp', 'avi', 'flv', 'm2ts', 'm4v', 'mkv', 'mov', 'mp4', 'mpeg', 'mpg', 'mts', 'mxf', 'ogv', 'vob', 'webm'],
    ...['wmv'],
  ],
  image: [
    ...['arw', 'avif', 'bmp', 'cr2', 'cr3', 'dng', 'exr', 'gif', 'heic', 'heif', 'ico', 'jpeg', 'jpg', 'jxl', 'nef'],
    ...['png', 'psd', 'raw', 'svg', 'tif', 'tiff', 'webp', 'xcf'],
  ],
  document: [
    ...[
      'azw3',
      'csv',
      'djvu',
      'doc',
      'docx',
      'epub',
      'htm',
      'html',
      'key',
      'md',
      'mobi',
      'numbers',
      'odp',
      'ods',
      'odt',
    ],
    ...['pages', 'pdf', 'ppt', 'pptx', 'ps', 'rst', 'rtf', 'tex', 'txt', 'xls', 'xlsx'],
  ],
  archive: [
    ...['7z', 'bz2', 'cab', 'dmg', 'gz', 'img', 'iso', 'lz', 'lz4', 'lzma', 'rar', 'tar', 'tbz', 'tgz', 'txz', 'xz'],
    ...['zip', 'zst'],
  ],
  code: [
    ...[
      'bash',
      'bat',
      'c',
      'cc',
      'cpp',
      'cs',
      'css',
      'cxx',
      'go',
      'h',
      'hpp',
      'ipynb',
      'java',
      'jl',
      'js',
      'json',
      'jsx',
    ],
    ...[
      'kt',
      'lua',
      'm',
      'mjs',
      'php',
      'pl',
      'ps1',
      'py',
      'r',
      'rb',
      'rs',
      'scala',
      'sh',
      'sql',
      'swift',
      'toml',
      'ts',
    ],
    ...['tsx', 'vue', 'xml', 'yaml', 'yml', 'zig'],
  ],
  program: ['apk', 'app', 'appimage', 'deb', 'exe', 'flatpak', 'jar', 'msi', 'msix', 'pkg', 'rpm', 'run', 'snap'],
} as const;

export type FileType = keyof typeof FILE_TYPES;

const TYPE_OF = new Map<string, FileType>(
  Object.entries(FILE_TYPES).flatMap(([type, extensions]) =>
    extensions.map((extension): [string, FileType] => [extension, type as FileType]),
  ),
);

/** What follows a last dot that something stands before, and looks like an extension: `ext:` finds a name by it. */
const EXTENSION = /(?<=.)\.([\p{L}\p{N}\p{M}_+-]{1,16})$/u;

/** The extension of a folded base name, without its dot; undefined where it has none. */
export function extensionOf(foldedName: string): string | undefined {
  return EXTENSION.exec(foldedName)?.[1];
}

/** The type of files that have this extension, folded and without its dot. */
export function fileTypeOf(extension: string): FileType | undefined {
  return TYPE_OF.get(extension);
}

/** Whether a word is a type that `type:` knows. */
export function isFileType(word: string): word is FileType {
  return Object.hasOwn(FILE_TYPES, word);
}
