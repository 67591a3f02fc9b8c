import { SwapmeetError } from './errors.ts';

/** The longest path that Linux takes. */
export const PATH_BYTES_MAX = 4096;
/** The longest name that NTFS and APFS take, in UTF-16 code units; ext4's 255 bytes are never more. */
export const SEGMENT_UNITS_MAX = 255;

/** A UTF-16 unit takes at most so many bytes of UTF-8. */
const UTF8_BYTES_MAX = 3;

const encoder = new TextEncoder();

function isTooLong(path: string): boolean {
  return (
    path.length * UTF8_BYTES_MAX > PATH_BYTES_MAX &&
    (path.length > PATH_BYTES_MAX || encoder.encode(path).length > PATH_BYTES_MAX)
  );
}

/** Why a path can't be a `filename` on the wire, or undefined when it can. [PROTOCOL §4] */
function faultOf(path: string): string | undefined {
  if (isTooLong(path)) return `is longer than ${PATH_BYTES_MAX} bytes`;
  if (!path.isWellFormed()) return 'is not well-formed Unicode';
  if (path.includes('\0')) return 'contains NUL';
  for (let from = 0; from <= path.length;) {
    const slash = path.indexOf('/', from);
    const end = slash === -1 ? path.length : slash;
    const fault = faultOfPart(path, from, end - from);
    if (fault !== undefined) return fault;
    from = end + 1;
  }
  return undefined;
}

/** The same of the part that begins at a place: a page of a search has hundreds, for which no text is made. */
function faultOfPart(path: string, from: number, units: number): string | undefined {
  if (units === 0) return 'is empty, absolute, or has an empty part';
  if (units > SEGMENT_UNITS_MAX) return `has a part longer than ${SEGMENT_UNITS_MAX} characters`;
  if (path[from] !== '.' || units > 2) return undefined;
  if (units === 1 || path[from + 1] === '.') return `contains “${path.slice(from, from + units)}”`;
  return undefined;
}

/**
 * Takes a path as it came from elsewhere: `share/path/in/share.ext`, relative, `/`-separated, without empty, `.` or `..`
 * parts, NUL or lone surrogates, at most 4096 bytes of UTF-8, 255 UTF-16 units a part. Rejects, never repairs.
 *
 * @throws SwapmeetError `bad-path`
 */
export function checkSharePath(path: string): string {
  const fault = faultOf(path);
  if (fault !== undefined) throw new SwapmeetError('bad-path', `the filename ${fault}`);
  return path;
}

const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?: *\..*)?$/i;
const CONTROL = /\p{Cc}/u;
const WINDOWS_FORBIDDEN = /[<>:"|?*\\]/;

function windowsFaultOf(segment: string): string | undefined {
  if (WINDOWS_FORBIDDEN.test(segment)) return 'has characters that Windows does not allow';
  if (/[. ]$/.test(segment)) return 'has a part that ends in a dot or space, which Windows drops';
  if (WINDOWS_DEVICE.test(segment)) return 'names a Windows device';
  return undefined;
}

/**
 * Whether a name has control characters. One with a line break or an escape sequence would be a trap for whoever lists the folder,
 * so that no peer gives it to a file, on any system.
 */
export function hasControlCharacters(name: string): boolean {
  return CONTROL.test(name);
}

/**
 * The one way from a wire path to local path segments: valid by `checkSharePath`, and safe to join below a folder
 * on the given platform. The caller still has to refuse links on the way (see `peer/downloads/target.ts`).
 *
 * @param platform `process.platform` of the machine that will hold the file
 * @throws SwapmeetError `bad-path`
 */
export function localSegments(path: string, platform: string): readonly string[] {
  const segments = checkSharePath(path).split('/');
  if (hasControlCharacters(path)) throw new SwapmeetError('bad-path', 'the filename has control characters');
  if (platform !== 'win32') return segments;
  for (const segment of segments) {
    const fault = windowsFaultOf(segment);
    if (fault !== undefined) throw new SwapmeetError('bad-path', `the filename ${fault}`);
  }
  return segments;
}

/** The last part of a path: the file's own name. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
