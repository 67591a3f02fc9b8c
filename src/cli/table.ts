import type { Output } from './output.ts';

export type Column<Row> = {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly align?: 'right';
};

/** How rows of a kind look to a person, and to a program. What varies most in length belongs into the last column. */
export type RowForm<Row> = {
  readonly columns: readonly Column<Row>[];
  readonly record: (row: Row) => object;
};

const GAP = '  ';

function pad<Row>({ align }: Column<Row>, text: string, width: number): string {
  return align === 'right' ? text.padStart(width) : text.padEnd(width);
}

/**
 * Prints rows as they come, a batch at a time, so that a list of any length costs the memory of one batch. Columns are as
 * wide as the batches so far needed; the last is not padded.
 *
 * @returns how many rows there were
 */
export async function printRows<Row>(
  output: Output,
  batches: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
  { columns, record }: RowForm<Row>,
): Promise<number> {
  let count = 0;
  let widths = columns.map(({ title }) => title.length);
  const join = (texts: readonly string[]): string =>
    columns.map((column, at) => pad(column, texts[at] ?? '', widths[at] ?? 0)).join(GAP);
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    count += rows.length;
    if (output.json) {
      await output.records(rows.map(record));
      continue;
    }
    const cells = rows.map((row) => columns.map((column) => column.text(row)));
    widths = widths.map((width, at) =>
      at === columns.length - 1
        ? width
        : cells.reduce((widest, texts) => Math.max(widest, texts[at]?.length ?? 0), width),
    );
    if (count === rows.length) await output.heading(join(columns.map(({ title }) => title)).trimEnd());
    await output.lines(cells.map((texts) => join(texts).trimEnd()));
  }
  return count;
}
