import { processorMs } from '../../processor-time.ts';
import { isStaying, type Field } from '../field.ts';
import { ratesOf, type Rates } from '../rates.ts';
import { megabytes, milliseconds, ownLate, perSecond, spread, type Row } from '../report.ts';
import type { Memory } from '../tested-server.ts';
import { feelingPauses, type Pauses } from './pauses.ts';

export type PublishingFigure = Rates & {
  readonly peers: number;
  readonly seconds: number;
  /** The server's while all of it was published. */
  readonly pauses: Pauses;
  /** Processor time of the server, and of the bench's clients, which share the machine with it. */
  readonly processorMs: { readonly server: number; readonly clients: number };
  readonly memory: Memory;
};

/** As many peers publish at a time: after a restart of a server, all of a network's do. */
const CONNECTIONS_MAX = 128;
/** Of large lists fewer are sent at a time: a server takes in only so much at once. */
const ENTRIES_AT_ONCE = 60_000;
const SAY_EVERY_MS = 5_000;

/**
 * How fast the whole corpus is published: every peer's list over TLS, from the first RESUME sent to the last list confirmed as
 * durable and searchable. The lists go through as many as 128 connections, on each of which one peer after the other resumes its session,
 * sends its list and logs out. Some 200 of the peers stay online, on connections of their own.
 */
export async function measurePublishing(field: Field): Promise<PublishingFigure> {
  const { peers, listsFile } = field.dataset;
  const taken = async () => ({ server: await field.server.processorMs(), clients: await processorMs([process.pid]) });
  const before = await taken();
  const { value, pauses } = await feelingPauses(field, () =>
    sayingProgress(field, () =>
      field.publishers.do('publish', {
        server: field.address(),
        listsFile,
        peers: peers.map((peer, number) => ({ ...peer, stays: isStaying(field.dataset, number) })),
        connections: connectionsFor(peers),
      }),
    ),
  );
  const after = await taken();
  const seconds = (value.marks.at(-1)?.[0] ?? 0) / 1000;
  return {
    ...ratesOf(value.marks),
    peers: peers.length,
    seconds,
    pauses,
    processorMs: { server: after.server - before.server, clients: after.clients - before.clients },
    memory: await field.server.memory(),
  };
}

function connectionsFor(peers: readonly { readonly files: number }[]): number {
  const average = peers.reduce((sum, { files }) => sum + files, 0) / peers.length;
  return Math.max(1, Math.min(CONNECTIONS_MAX, Math.floor(ENTRIES_AT_ONCE / average)));
}

/** Tells how far it is, while something is published. */
async function sayingProgress<T>(field: Field, act: () => Promise<T>): Promise<T> {
  let before = 0;
  const look = async (): Promise<void> => {
    const entries = await field.publishers.do('published');
    const rate = perSecond(((entries - before) / SAY_EVERY_MS) * 1000);
    const { nowBytes } = await field.server.memory();
    field.say(`${entries} of ${field.dataset.entries} entries are published, ${rate}, server ${megabytes(nowBytes)}`);
    before = entries;
  };
  const timer = setInterval(() => {
    // The bench ends before its worker has answered: nobody wants to know any more.
    look().catch(() => undefined);
  }, SAY_EVERY_MS);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}

export function reportPublishing(figure: PublishingFigure): readonly Row[] {
  const { entriesPerS, lastTenthPerS, seconds, pauses, memory } = figure;
  const { server, clients } = figure.processorMs;
  return [
    ['publishing', `${perSecond(entriesPerS)}, ${perSecond(lastTenthPerS)} at the end`, `${seconds.toFixed(1)} s`],
    ['  processor time', `${milliseconds(server)} of the server`, `${milliseconds(clients)} of the clients`],
    ['  server’s memory', megabytes(memory.nowBytes), `at most ${megabytes(memory.peakBytes)}`],
    ['  KEEP_ALIVE meanwhile', spread(pauses), ownLate(pauses)],
  ];
}
