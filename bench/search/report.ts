import type { Spread } from '../measure.ts';
import type { SizeFigures } from './measure-size.ts';
import type { Skipped } from './rival-figures.ts';

/** All figures of one size as lines of text: what, how much, and how that is to its rival's. */
export function printFigures(figures: SizeFigures): void {
  console.log(`\n${figures.entries} entries of ${figures.publishing.peers} peers`);
  if (figures.leftOut > 0) console.log(`(${figures.leftOut} lines of the corpus are no paths on the wire)`);
  printSearching(figures);
  printPublishing(figures);
  printLargeList(figures);
  printStore(figures);
}

function printSearching({ searching, searchingOnline, underLoad, atOnce, rivals }: SizeFigures): void {
  const { plocate, postgres } = rivals;
  row('FIND, all holders', spread(searching));
  row('  its first pass', spread(searching.first));
  row('FIND, holders online', spread(searchingOnline));
  row('FIND while 20 peers publish', spread(underLoad), `${perSecond(underLoad.publishedPerS)} entries meanwhile`);
  if (isSkipped(plocate)) row('plocate', plocate.skipped);
  else {
    row('plocate -i -l 100, as a process', spread(plocate.process), ratios(plocate.process, searching));
    row('plocate, by its own clock', spread(plocate.own), ratios(plocate.own, searching));
  }
  row(`searches, ${atOnce.clients} clients`, perSecond(atOnce.searchesPerS));
  if (isSkipped(postgres)) row('PostgreSQL pg_trgm', postgres.skipped);
  else {
    const ratio = `ours: ${times(atOnce.searchesPerS / postgres.searchesPerS)}`;
    row('PostgreSQL pg_trgm, 32 clients', perSecond(postgres.searchesPerS), ratio);
  }
}

function printPublishing({ publishing, underLoad, rivals: { fts5 } }: SizeFigures): void {
  const { entriesPerS, lastTenthPerS, seconds, processorMs } = publishing;
  row('publishing', `${perSecond(entriesPerS)}, ${perSecond(lastTenthPerS)} at the end`, `${seconds.toFixed(1)} s`);
  row(
    '  processor time',
    `${milliseconds(processorMs.server)} of the server`,
    `${milliseconds(processorMs.clients)} of the clients`,
  );
  if (isSkipped(fts5)) row('SQLite FTS5, no server', fts5.skipped);
  else {
    const ratio = `ours: ${times(entriesPerS / fts5.entriesPerS)}, ${times(lastTenthPerS / fts5.lastTenthPerS)} at the end`;
    row('SQLite FTS5, no server', `${perSecond(fts5.entriesPerS)}, ${perSecond(fts5.lastTenthPerS)} at the end`, ratio);
  }
  row('KEEP_ALIVE while publishing', spread(publishing.pauses), own(publishing.pauses.ownLateMs));
  row('KEEP_ALIVE under load', spread(underLoad.pauses), own(underLoad.pauses.ownLateMs));
}

function printLargeList({ largeList }: SizeFigures): void {
  const { files, publishing, replacing, emptying, change } = largeList;
  row('a change of 100 files is found', spread(change), `in a list of ${files.toLocaleString('en')}`);
  for (const [name, step] of Object.entries({ publishing, replacing, emptying })) {
    row(`${name} that list`, milliseconds(step.ms));
    row('  KEEP_ALIVE meanwhile', spread(step.pauses), own(step.pauses.ownLateMs));
  }
}

function printStore({ entries, disk, memory, restart, rivals: { plocate } }: SizeFigures): void {
  const each = (bytes: number): string => `${(bytes / entries).toFixed(1)} bytes an entry`;
  row('data folder, server running', each(disk.runningBytes));
  row('data folder, server stopped', each(disk.stoppedBytes));
  if (!isSkipped(plocate)) row('plocate’s database (paths only)', each(plocate.databaseBytes));
  row('the paths as text', each(disk.rawTextBytes));
  row('server’s memory', megabytes(memory.nowBytes), `at most ${megabytes(memory.peakBytes)}`);
  row('restart: ready', milliseconds(restart.readyMs), `after ${milliseconds(restart.stopMs)} for the stop`);
  row('restart: first answer', milliseconds(restart.firstAnswerMs));
}

export function isSkipped(figure: object | Skipped): figure is Skipped {
  return 'skipped' in figure;
}

function row(name: string, ...values: readonly string[]): void {
  console.log(`${name.padEnd(34)} ${values.join('   ')}`);
}

function spread({ medianMs, p99Ms, worstMs }: Spread): string {
  return `median ${milliseconds(medianMs)}, 99 % ${milliseconds(p99Ms)}, worst ${milliseconds(worstMs)}`;
}

function ratios(rival: Spread, ours: Spread): string {
  return `ours: ${times(rival.medianMs / ours.medianMs)} and ${times(rival.p99Ms / ours.p99Ms)} as fast`;
}

function own(lateMs: number): string {
  return `the bench’s own clock at most ${milliseconds(lateMs)} late`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(2) : ratio.toFixed(0)} times`;
}

function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
