/**
 * Writes the generated parts of docs/PROTOCOL.md: what stands between `<!-- generated: … -->` and `<!-- end -->` comes from
 * the code and the test vectors. `--check` writes nothing and fails where the page is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as presence from '../src/domain/presence.ts';
import { WIRE_CODES } from '../src/domain/errors.ts';
import * as pieces from '../src/domain/pieces.ts';
import * as frame from '../src/protocol/frame.ts';
import * as limits from '../src/protocol/limits.ts';
import { EVENTS, KO_OFFSET, MESSAGES, OK_OFFSET } from '../src/protocol/messages.ts';
import * as tickets from '../src/transport/tickets.ts';

const ROOT = new URL('../', import.meta.url);
export const PROTOCOL_PAGE = new URL('docs/PROTOCOL.md', ROOT);
const VECTORS = new URL('test/conformance/vectors/', ROOT);
const HEX_DIGITS_A_LINE = 64;
const HEADER_HEX_DIGITS = frame.HEADER_BYTES * 2;

/** Where limits are defined, each constant under a comment that says what it bounds. */
const CONSTANTS: readonly (readonly [path: string, values: Readonly<Record<string, unknown>>])[] = [
  ['src/protocol/limits.ts', limits],
  ['src/domain/presence.ts', presence],
  ['src/domain/pieces.ts', pieces],
  ['src/transport/tickets.ts', tickets],
];

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

function messageTable(): string {
  const inOrder = Object.entries(MESSAGES).sort(([, a], [, b]) => a.code - b.code);
  const rows = inOrder.map(([name, { code: type, at, states, ...message }]) => [
    `${type} / ${type + OK_OFFSET} / ${type + KO_OFFSET}`,
    `**${name}**`,
    `${at}, ${states.join(' or ')}`,
    code(message.requestForm),
    number(message.requestBytesMax),
    code(message.okForm),
    number(message.okBytesMax),
  ]);
  return table(['request / OK / KO', 'name', 'answered by, when', 'payload', 'cap', 'OK payload', 'cap'], rows);
}

function eventTable(): string {
  const rows = Object.entries(EVENTS).map(([name, { code: type, from, form, bytesMax }]) => [
    String(type),
    `**${name}**`,
    from,
    form,
    number(bytesMax),
  ]);
  return table(['type', 'name', 'from', 'payload', 'cap'], rows);
}

function errorTable(): string {
  return table(
    ['code', 'meaning'],
    Object.entries(WIRE_CODES).map(([name, meaning]) => [code(name), meaning]),
  );
}

/** The exported numbers of one file, each with the doc comment above it (several may share one). */
function constantRows(path: string, values: Readonly<Record<string, unknown>>): string[][] {
  const source = readFileSync(new URL(path, ROOT), 'utf8');
  const rows: string[][] = [];
  let meaning = '';
  for (const [, comment, name] of source.matchAll(/\/\*\*([\s\S]*?)\*\/|^export const (\w+) =/gm)) {
    const value = name === undefined ? undefined : values[name];
    if (comment !== undefined) meaning = comment.replaceAll(/\s*\n \* ?/g, ' ').trim();
    else if (name !== undefined && typeof value === 'number') rows.push([code(name), number(value), plain(meaning)]);
  }
  return rows;
}

/** A doc comment as the page has it: it does not cite itself. */
function plain(comment: string): string {
  return comment.replaceAll(/ *\[PROTOCOL[^\]]*\]/g, '');
}

function limitTable(): string {
  return table(
    ['name', 'value', 'what it bounds'],
    CONSTANTS.flatMap(([path, values]) => constantRows(path, values)),
  );
}

type Vector = { readonly title: string; readonly message: string; readonly kind: string; readonly type: number } & {
  readonly hex: string;
  readonly text: string;
};

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function exampleOf(vector: Vector): string {
  const payload = vector.hex.slice(HEADER_HEX_DIGITS).match(new RegExp(`.{1,${HEX_DIGITS_A_LINE}}`, 'g')) ?? [];
  const header = `${vector.hex.slice(0, 8)} ${vector.hex.slice(8, HEADER_HEX_DIGITS)}`;
  const title = `${vector.title} (type ${vector.type}):`;
  return [title, fence('text', vector.text), fence('', [header, ...payload].join('\n'))].join('\n\n');
}

/** The first vector of a message of each of the kinds, as text and as the bytes of its frame. */
function examples(message: string, kinds: readonly string[]): string {
  const { cases } = JSON.parse(readFileSync(new URL('messages.json', VECTORS), 'utf8')) as { cases: Vector[] };
  return kinds
    .map((kind) => {
      const vector = cases.find((candidate) => candidate.message === message && candidate.kind === kind);
      if (!vector) throw new Error(`there is no vector of ${message} ${kind}`);
      return exampleOf(vector);
    })
    .join('\n\n');
}

function ticketExample(): string {
  const { header, claims, ticket } = JSON.parse(readFileSync(new URL('tickets.json', VECTORS), 'utf8')) as {
    header: unknown;
    claims: unknown;
    ticket: string;
  };
  const parts = [JSON.stringify(header), JSON.stringify(claims, undefined, 2)];
  return [fence('json', parts.join('\n')), fence('text', ticket.replaceAll('.', '\n.'))].join('\n\n');
}

function generate(directive: string): string {
  const [what = '', ...rest] = directive.split(' ');
  const [message = '', ...kinds] = rest;
  switch (what) {
    case 'messages':
      return messageTable();
    case 'events':
      return eventTable();
    case 'errors':
      return errorTable();
    case 'limits':
      return limitTable();
    case 'ticket':
      return ticketExample();
    case 'example':
      return examples(message, kinds);
    default:
      throw new Error(`PROTOCOL.md asks for “${directive}”, which nothing generates`);
  }
}

/** The page with its generated parts made anew. */
export function renderProtocol(page: string): string {
  return page.replaceAll(
    /<!-- generated: (.+) -->\n[\s\S]*?<!-- end -->/g,
    (_, directive: string) => `<!-- generated: ${directive} -->\n\n${generate(directive)}\n\n<!-- end -->`,
  );
}

function main(): void {
  const page = readFileSync(PROTOCOL_PAGE, 'utf8');
  const fresh = renderProtocol(page);
  if (!process.argv.includes('--check')) writeFileSync(PROTOCOL_PAGE, fresh);
  else if (fresh !== page) {
    console.error('docs/PROTOCOL.md is stale: run `node scripts/protocol-table.ts`');
    process.exitCode = 1;
  }
}

if (import.meta.main) main();
