import * as z from 'zod';
import { formatSize } from './format.ts';
import { printable } from './printable.ts';

const RECORD = z.looseObject({
  level: z.number(),
  /** Unix ms. */
  time: z.number(),
  msg: z.string().catch(''),
  /** Server or peer, where both run in one process. */
  part: z.string().optional().catch(undefined),
  code: z.string().optional().catch(undefined),
  err: z
    .looseObject({ message: z.string(), code: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
type LogRecord = z.infer<typeof RECORD>;

/** Whom a record is about: the first of these that it has. */
const SUBJECTS = ['username', 'liar', 'source', 'share'];
/** What a record has that is not one of its details. */
const ENVELOPE = new Set([...Object.keys(RECORD.shape), 'pid', 'hostname']);

const WARN = 40;
const ERROR = 50;

function levelText(level: number): string {
  if (level >= ERROR) return 'error: ';
  return level >= WARN ? 'warning: ' : '';
}

/** A field by its name in words, its value by the unit that ends the name: `waitMs: 1500` is “wait 1.5 s”. */
function detailText(name: string, value: unknown): string {
  const words = name.replace(/(Ms|Bytes)$/, '').replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  if (typeof value !== 'number') return `${words} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
  if (name.endsWith('Ms')) return `${words} ${value < 1000 ? `${value} ms` : `${(value / 1000).toFixed(1)} s`}`;
  return /bytes$/i.test(name) ? `${words} ${formatSize(value)}`.replace(/^bytes /, '') : `${words} ${value}`;
}

function sentenceOf(record: LogRecord): string {
  const { level, msg, part, err } = record;
  const subject = SUBJECTS.find((name) => typeof record[name] === 'string');
  const about = subject === undefined ? '' : `${String(record[subject])}: `;
  const reason = err === undefined || msg.includes(err.message) ? '' : `: ${err.message}`;
  const code = record.code ?? err?.code;
  const details = Object.entries(record)
    .filter(([name, value]) => !ENVELOPE.has(name) && name !== subject && value !== undefined)
    .map(([name, value]) => detailText(name, value));
  const notes = [...(code === undefined ? [] : [code]), ...details];
  const tail = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
  return `${part === undefined ? '' : `${part}: `}${levelText(level)}${about}${msg}${reason}${tail}`;
}

/** A line of the log, which is JSON, as a sentence for a person with the time of day in front, safe on a terminal. */
export function logSentence(line: string): string {
  const record = RECORD.parse(JSON.parse(line));
  const clock = new Date(record.time).toTimeString().slice(0, 'HH:MM:SS'.length);
  return printable(`${clock} ${sentenceOf(record)}`);
}
