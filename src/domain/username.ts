import { SwapmeetError } from './errors.ts';

export const USERNAME_UNITS_MAX = 64;

// Separators of our own notations (`PEER:PATH`, `share/path`), and what could disguise one name as another.
const FORBIDDEN = /[:/\\|]|\p{Cc}|\p{Cs}|\p{Co}|\p{Cn}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}/u;

/**
 * Takes a username as it came from elsewhere: 1 to 64 characters in Unicode's composed form (NFC), no `:` `/` `\` `|`,
 * no control characters, nothing that isn’t seen, no space at either end. That refuses emoji joined of several (U+200D) or with
 * a variation selector, too: both hold characters that nobody sees, and a name without them would look the same.
 *
 * @throws SwapmeetError `bad-name`
 */
export function checkUsername(name: string): string {
  const allowed =
    name.length >= 1 && name.length <= USERNAME_UNITS_MAX && name === name.trim() && name === name.normalize('NFC');
  if (!allowed || FORBIDDEN.test(name)) {
    throw new SwapmeetError(
      'bad-name',
      `a username has 1 to ${USERNAME_UNITS_MAX} characters, none of : / \\ | or control or invisible characters, and no space at its ends`,
    );
  }
  return name;
}
