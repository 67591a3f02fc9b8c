import { execFile, type ExecFileOptions } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseQuery } from '../../../src/domain/query-parse.ts';
import type { CleanUp } from '../clean-up.ts';
import type { Ground } from '../field.ts';
import { AT_ONCE_MS } from '../figures/at-once.ts';
import { isSkipped, perSecond, times, type Row, type Skipped } from '../report.ts';
import type { Known } from '../stages.ts';

export type PostgresFigure =
  { readonly searchesPerS: number; readonly queries: number; readonly leftOut: number } | Skipped;

const CLIENTS = 32;
const ROWS = 100;
const STEP_TIMEOUT_MS = 1_800_000;
/** Where Debian and Ubuntu put each version. */
const INSTALLED = '/usr/lib/postgresql';
const DATABASE = 'postgres';

/** What a server of this size is given by whoever runs one; nothing has to survive the bench. */
const SETTINGS = [
  "listen_addresses=''",
  'shared_buffers=1GB',
  'maintenance_work_mem=1GB',
  'max_wal_size=8GB',
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'autovacuum=off',
  // The planner would now and then read the whole table for a common word, which takes seconds.
  'enable_seqscan=off',
  'max_connections=64',
];

type Tool = (tool: string, args: readonly string[], stdin?: string) => Promise<string>;
/** `stop` is for what has to be done when the bench is interrupted, too. */
type Tools = { readonly run: Tool; readonly stop: Tool };

/**
 * PostgreSQL with a GIN index of trigrams (`pg_trgm`) on the same paths, asked the same queries (`ILIKE` for every word, the first
 * 100 that are found, neither ranked nor grouped) by 32 clients of `pgbench` over a Unix socket, without TLS.
 */
export async function measurePostgres({ dataset, queries, signal, cleanUp }: Ground): Promise<PostgresFigure> {
  const programs = await findPrograms();
  if (programs === undefined) return { skipped: 'PostgreSQL is not installed here' };
  const { folder, owner } = await makeFolder(cleanUp);
  const tools = createTools(programs, folder, owner, signal);
  const statements = queries.map(statementOf).filter((statement) => statement !== undefined);
  await startDatabase(tools, folder, cleanUp);
  await load(tools, folder, dataset.pathsFile, statements);
  const script = join(folder, 'search.sql');
  await writeFile(script, `\\set number random(1, ${statements.length})\nSELECT * FROM answer(:number);\n`);
  const asking = ['-h', folder, '-U', 'postgres', '-n', '-f', script, '-c', String(CLIENTS), '-j', '2', DATABASE];
  await tools.run('pgbench', ['-T', '2', ...asking]);
  const report = await tools.run('pgbench', ['-T', String(Math.round(AT_ONCE_MS / 1000)), ...asking]);
  const searchesPerS = Number(/^tps = ([\d.]+)/m.exec(report)?.[1]);
  return { searchesPerS, queries: statements.length, leftOut: queries.length - statements.length };
}

export function reportPostgres(figure: PostgresFigure, { rate }: Known): readonly Row[] {
  if (isSkipped(figure)) return [['PostgreSQL pg_trgm', figure.skipped]];
  const { searchesPerS } = figure;
  const ratio = rate ? [`ours: ${times(rate.searchesPerS / searchesPerS)}`] : [];
  return [[`PostgreSQL pg_trgm, ${CLIENTS} clients`, perSecond(searchesPerS), ...ratio]];
}

async function findPrograms(): Promise<string | undefined> {
  const versions = existsSync(INSTALLED) ? await readdir(INSTALLED) : [];
  const newest = versions.toSorted((one, other) => Number(other) - Number(one));
  return newest.map((version) => join(INSTALLED, version, 'bin')).find((bin) => existsSync(join(bin, 'pgbench')));
}

/** PostgreSQL refuses to run as root: there its own user does, who must be able to enter the folder. */
async function makeFolder(
  cleanUp: CleanUp,
): Promise<{ readonly folder: string; readonly owner: { readonly uid: number; readonly gid: number } | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'swapmeet-bench-postgres-'));
  cleanUp.add(() => rm(folder, { recursive: true, force: true }));
  if (process.getuid?.() !== 0) return { folder, owner: undefined };
  const idOf = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout);
  const owner = { uid: await idOf('-u'), gid: await idOf('-g') };
  await chown(folder, owner.uid, owner.gid);
  return { folder, owner };
}

function createTools(
  programs: string,
  cwd: string,
  owner: { readonly uid: number; readonly gid: number } | undefined,
  signal: AbortSignal,
): Tools {
  const common = { ...owner, cwd, timeout: STEP_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
  const runner =
    (options: ExecFileOptions): Tool =>
    async (tool, args, stdin) => {
      const running = promisify(execFile)(join(programs, tool), args, { ...common, ...options });
      if (stdin !== undefined && running.child.stdin) createReadStream(stdin).pipe(running.child.stdin);
      else running.child.stdin?.end();
      return (await running).stdout.toString();
    };
  return { run: runner({ signal }), stop: runner({}) };
}

async function startDatabase({ run, stop }: Tools, folder: string, cleanUp: CleanUp): Promise<void> {
  const data = join(folder, 'data');
  await run('initdb', ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale', 'C.UTF-8', '-A', 'trust', '--no-sync']);
  const settings = [...SETTINGS, `unix_socket_directories='${folder}'`].map((setting) => `-c ${setting}`).join(' ');
  cleanUp.add(() => stop('pg_ctl', ['-D', data, '-m', 'immediate', 'stop']));
  await run('pg_ctl', ['-D', data, '-w', '-t', '60', '-l', join(folder, 'log'), '-o', settings, 'start']);
}

async function load({ run }: Tools, folder: string, pathsFile: string, statements: readonly string[]): Promise<void> {
  const psql = ['-h', folder, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q', DATABASE];
  const statementsFile = join(folder, 'statements');
  await writeFile(statementsFile, statements.map((statement) => `${statement}\n`).join(''));
  await run('psql', [...psql, '-c', SCHEMA]);
  await run('psql', [...psql, '-c', copyInto('entry (path)')], pathsFile);
  await run('psql', [...psql, '-c', copyInto('query (statement)')], statementsFile);
  await run('psql', [...psql, '-c', 'CREATE INDEX ON entry USING gin (path gin_trgm_ops)']);
  await run('psql', [...psql, '-c', 'VACUUM ANALYZE']);
}

const SCHEMA = `
  CREATE EXTENSION pg_trgm;
  CREATE TABLE entry (path text NOT NULL);
  CREATE TABLE query (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, statement text NOT NULL);
  CREATE FUNCTION answer(which int) RETURNS SETOF text LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN
      SELECT statement INTO found FROM query WHERE number = which;
      RETURN QUERY EXECUTE found;
    END $$;
`;

/** CSV with delimiters that no path has: every line is one value as it stands. */
function copyInto(table: string): string {
  return `COPY ${table} FROM STDIN WITH (FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01')`;
}

function statementOf(query: string): string | undefined {
  const conditions: string[] = [];
  for (const { predicate, excluded } of parseQuery(query).terms) {
    if (predicate.kind !== 'text' || excluded) return undefined;
    const pattern = predicate.text.replaceAll(/[\\%_]/g, '\\$&').replaceAll("'", "''");
    conditions.push(`path ILIKE '%${pattern}%'`);
  }
  return `SELECT path FROM entry WHERE ${conditions.join(' AND ')} LIMIT ${ROWS}`;
}
