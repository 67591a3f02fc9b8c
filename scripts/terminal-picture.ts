import { readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/**
 * Draws what a terminal showed as an SVG for the README: `FORCE_COLOR=1 COMMAND | node scripts/terminal-picture.ts FILE [FROM] [TO]`, with
 * the first and last line to draw. It knows the few colours that our programs use.
 */
const COLOURS: Readonly<Record<string, string>> = {
  '31': '#f7768e',
  '32': '#9ece6a',
  '33': '#e0af68',
  '36': '#7dcfff',
  '2': '#737aa2',
};
const FONT_PX = 14;
const LINE_PX = 20;
const CHARACTER_PX = 8.43;
const MARGIN_PX = 18;

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const ESCAPE = '\u001b[';

/** A line with colour codes as spans. */
function drawLine(line: string): string {
  const [plain = '', ...coloured] = line.split(ESCAPE);
  const spans = coloured.map((part) => {
    const [, code = '', text = ''] = /^([\d;]*)m(.*)$/s.exec(part) ?? [];
    const colour = COLOURS[code];
    const style = colour === undefined ? (code === '1' ? ' font-weight="bold"' : '') : ` fill="${colour}"`;
    return text === '' ? '' : `<tspan${style}>${escapeXml(text)}</tspan>`;
  });
  return [escapeXml(plain), ...spans].join('');
}

function draw(lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => stripVTControlCharacters(line).length));
  const width = Math.ceil(columns * CHARACTER_PX + 2 * MARGIN_PX);
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map(
    (line, index) =>
      `<text x="${MARGIN_PX}" y="${MARGIN_PX + FONT_PX + index * LINE_PX}" xml:space="preserve">${drawLine(line)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    '<rect width="100%" height="100%" rx="8" fill="#1a1b26"/>',
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_PX}px" fill="#c0caf5">`,
    ...texts,
    '</g></svg>\n',
  ].join('\n');
}

const [file = '', from = '1', to = '1000'] = process.argv.slice(2);
const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
writeFileSync(file, draw(lines.slice(Number(from) - 1, Number(to))));
