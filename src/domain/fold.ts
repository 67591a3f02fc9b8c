/**
 * The form in which texts are compared: upper and lower case, accented and plain, wide and narrow letters are alike.
 *
 * Raise `FOLD_VERSION` when `fold` changes: stores keep an index of folded texts and rebuild it then.
 */
export const FOLD_VERSION = 1;

// Accents proper, and what Unicode says may be ignored (joiners, soft hyphens, variation selectors). Marks that make another
// letter stay: Indic vowel signs belong to their script, and the kana voicing marks would turn バス into ハス.
const ACCENTS =
  /[[\p{M}&&\p{Script=Inherited}]--[\u3099\u309A]]|[\p{Mn}&&\p{Script=Hebrew}]|\p{Default_Ignorable_Code_Point}/gv;

// Letters that Unicode takes for letters of their own, and that people type without the stroke; and final sigma.
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ħ: 'h',
  ŧ: 't',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
};
const SPECIAL_LETTER = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'g');

const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Folds a text: NFKC, full case folding (ß is ss, İ and ı are i), accents and ignorable characters removed.
 *
 * Folding twice changes nothing, and a path folds part by part: `fold(a + '/' + b)` is `fold(a) + '/' + fold(b)`.
 */
export function fold(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text.toLowerCase();
  const plain = text.normalize('NFKD').replace(ACCENTS, '');
  return (
    plain
      // Full case folding, for which JavaScript has no function: ẞ becomes ß, then SS, then ss.
      .toLowerCase()
      .toUpperCase()
      .toLowerCase()
      .replace(SPECIAL_LETTER, (letter) => PLAIN_LETTERS[letter] ?? letter)
      .normalize('NFC')
  );
}
