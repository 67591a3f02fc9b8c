import type { SizeResult } from './measure-size.ts';
import { isSkipped } from './report.ts';

type Point = { readonly entries: number; readonly ms: number };
type Line = {
  readonly name: string;
  readonly colour: string;
  readonly dash: string;
  readonly points: readonly Point[];
};
type Scale = (value: number) => number;

const WIDTH = 760;
const HEIGHT = 440;
const LEFT = 80;
const RIGHT = 590;
const TOP = 30;
const BOTTOM = 380;
const OURS = '#1f6feb';
const THEIRS = '#9a6700';

/** How long a search takes at each size, ours and plocate's, both axes logarithmic: an SVG. */
export function drawGrowth(results: readonly SizeResult[]): string {
  const lines = linesOf(results).filter(({ points }) => points.length > 0);
  const points = lines.flatMap((line) => line.points);
  const [across, sizes] = scale(
    points.map(({ entries }) => entries),
    LEFT,
    RIGHT,
  );
  const [up, times] = scale(
    points.map(({ ms }) => ms),
    BOTTOM,
    TOP,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...times.map((ms) => gridLine(LEFT, up(ms), RIGHT, up(ms), LEFT - 8, up(ms) + 4, 'end', `${ms} ms`)),
    ...sizes.map((n) => gridLine(across(n), TOP, across(n), BOTTOM, across(n), BOTTOM + 20, 'middle', count(n))),
    `<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">entries in the catalog</text>`,
    ...lines.flatMap((line) => drawLine(line, across, up)),
    '</svg>',
    '',
  ].join('\n');
}

function linesOf(results: readonly SizeResult[]): Line[] {
  // Asked for the first time, of a server that has answered other searches before.
  const ours = results.flatMap(({ entries, known: { search } }) =>
    search ? [{ entries, spread: search.online.first }] : [],
  );
  const theirs = results.flatMap(({ entries, known: { plocate } }) =>
    plocate === undefined || isSkipped(plocate) ? [] : [{ entries, spread: plocate.process }],
  );
  const kinds = [
    { name: 'Swapmeet', colour: OURS, spreads: ours },
    { name: 'plocate -i -l 100', colour: THEIRS, spreads: theirs },
  ];
  return kinds.flatMap(({ name, colour, spreads }) => [
    {
      name: `${name}, 99 %`,
      colour,
      dash: '6 4',
      points: spreads.map(({ entries, spread }) => ({ entries, ms: spread.p99Ms })),
    },
    {
      name: `${name}, median`,
      colour,
      dash: 'none',
      points: spreads.map(({ entries, spread }) => ({ entries, ms: spread.medianMs })),
    },
  ]);
}

/** From the power of ten below the least value to the one above the largest, and all powers between them. */
function scale(values: readonly number[], from: number, to: number): [Scale, readonly number[]] {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))));
  const powers = Array.from({ length: most - least + 1 }, (_, step) => Number(`1e${least + step}`));
  return [(value) => from + ((Math.log10(value) - least) / (most - least)) * (to - from), powers];
}

function gridLine(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  x: number,
  y: number,
  anchor: 'end' | 'middle',
  text: string,
): string {
  const line = `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#d0d7de"/>`;
  return `${line}<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
}

function count(entries: number): string {
  return entries >= 1e6 ? `${entries / 1e6} M` : entries.toLocaleString('en');
}

function drawLine({ name, colour, dash, points }: Line, across: Scale, up: Scale): string[] {
  const places = points.map(({ entries, ms }) => [across(entries).toFixed(1), up(ms).toFixed(1)] as const);
  const [x, y] = places.at(-1) ?? ['0', '0'];
  return [
    `<polyline points="${places.map((place) => place.join(',')).join(' ')}" fill="none" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash}"/>`,
    ...places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${colour}"/>`),
    `<text x="${Number(x) + 10}" y="${Number(y) + 4}" fill="${colour}">${name}</text>`,
  ];
}
