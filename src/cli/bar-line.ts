/** What stands around a bar. */
export type BarTexts = {
  /** What goes on, before the bar. */
  readonly lead?: string;
  /** After the bar, the most important first: where there is no room, the last are left out. */
  readonly texts: readonly string[];
  /** The whole is not known: there are texts alone. */
  readonly isOpen?: boolean;
};

const BAR_WIDTH_MAX = 24;
/** What the first text leaves to the bar, and what the others do. */
const BAR_WIDTH_MIN = 5;
const BAR_WIDTH_GOOD = 10;
/** Less of a text than that tells nothing. */
const CUT_WIDTH_MIN = 16;
const GAP = '  ';

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** As many of the texts as fit into a width; of the first that doesn't, the beginning, if that is worth showing. */
function fitTexts([first = '', ...others]: readonly string[], width: number): string {
  let line = cut(first, width + BAR_WIDTH_GOOD - BAR_WIDTH_MIN);
  for (const text of others) {
    const room = width - line.length - GAP.length;
    if (text.length <= room) line += GAP + text;
    else return room < CUT_WIDTH_MIN ? line : line + GAP + cut(text, room);
  }
  return line;
}

/**
 * A progress bar as one line for a terminal of `columns`, one of which stays free, since some terminals wrap after the last.
 *
 * @param part how much of the whole is there, from 0 to 1
 */
export function barLine(part: number, { lead, texts, isOpen = false }: BarTexts, columns: number): string {
  if (isOpen) return cut([lead ?? [], ...texts].flat().join(GAP), columns - 1);
  const percent = `${String(Math.floor(part * 100)).padStart(3)}%`;
  const before = lead === undefined ? percent : `${lead} ${percent}`;
  const width = columns - 1 - before.length - ' [] '.length;
  const after = fitTexts(texts, width - BAR_WIDTH_GOOD);
  const barWidth = Math.max(0, Math.min(BAR_WIDTH_MAX, width - after.length));
  const bar = '#'.repeat(Math.floor(part * barWidth)).padEnd(barWidth, '-');
  return cut(`${before} [${bar}] ${after}`, columns - 1);
}
