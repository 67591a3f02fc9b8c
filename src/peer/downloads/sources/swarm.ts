import { SwapmeetError } from '../../../domain/errors.ts';
import { createWake, type Wake } from '../../wake.ts';
import type { LazyPart } from '../assembly/lazy-part.ts';
import type { PieceVerdict } from '../assembly/operations.ts';
import type { Draft } from '../draft.ts';
import type { Job } from '../job.ts';
import type { Offer } from '../offer.ts';
import { createPipe, type Pipe } from './pipe.ts';
import type { KeyedSource } from './source-roster.ts';

/** A source that takes part in a download. */
export type Member = {
  /** What the plan and the partial file know it by: the same for the same key. */
  readonly sender: number;
  readonly source: KeyedSource;
  readonly pipe: Pipe;
  readonly wake: Wake;
  /** Aborts when it is found to lie, or nothing is wanted of it any more. */
  readonly signal: AbortSignal;
  leave(): void;
};

/** What a swarm works on. */
export type SwarmGround = {
  readonly job: Job;
  readonly draft: Draft;
  readonly part: LazyPart;
  readonly offer: Offer;
};

/** What the sessions of one download share: who sends, how fast, and what is found about what they sent. */
export type Swarm = SwarmGround & {
  join(source: KeyedSource): Member;
  /** The usernames of those who take part now. */
  usernames(): readonly string[];
  /** Whether anything is on its way. */
  isBusy(): boolean;
  /** When a member will have sent so many bytes more, in ms from now. */
  readonly forecast: (sender: number, bytes: number) => number;
  /** There may be something to claim for everybody. */
  wakeAll(): void;
  /** Nothing is wanted from anybody any more. */
  readonly dismissAll: () => void;
  /** A piece that a member completed is whole. */
  judge(verdict: PieceVerdict, completedBy: KeyedSource): void;
  /** A source sent what is wrong: it is named, left for good, and what it sent of pieces that are not whole goes. */
  readonly accuse: (source: KeyedSource, error: SwapmeetError) => void;
};

type Known = { readonly source: KeyedSource; readonly sender: number };

export function createSwarm(ground: SwarmGround): Swarm {
  const { job, draft, part } = ground;
  const { now } = job.context;
  // By key; a sender's number is its place, from 1.
  const known = new Map<string, Known>();
  const members = new Map<number, Member & { readonly stop: AbortController }>();
  const accused = new Set<string>();

  function senderOf(source: KeyedSource): number {
    const { sender } = known.get(source.key) ?? { sender: known.size + 1 };
    known.set(source.key, { source, sender });
    return sender;
  }

  function wakeAll(): void {
    for (const { wake } of members.values()) wake.wake();
  }

  async function distrust(sender: number): Promise<void> {
    const opened = await part.open();
    for (const index of await opened.distrust(sender)) draft.plan.spoil(index, false);
    wakeAll();
  }

  function accuse(source: KeyedSource, error: SwapmeetError): void {
    if (accused.has(source.key)) return;
    accused.add(source.key);
    job.exclude(source, error);
    const sender = senderOf(source);
    members.get(sender)?.stop.abort(error);
    // A disk that fails is told by the next write, too.
    if (draft.layer) distrust(sender).catch(() => undefined);
  }

  return {
    ...ground,
    wakeAll,
    dismissAll() {
      for (const { stop } of members.values()) stop.abort(new SwapmeetError('cancelled', 'nothing is wanted any more'));
    },
    accuse,
    join(source) {
      const sender = senderOf(source);
      const stop = new AbortController();
      const member = { sender, source, pipe: createPipe(), wake: createWake(), signal: stop.signal, stop };
      const joined = { ...member, leave: () => void members.delete(sender) };
      members.set(sender, joined);
      return joined;
    },
    usernames: () => [...new Set(Array.from(members.values(), ({ source }) => source.username))],
    isBusy: () => [...members.values()].some(({ pipe }) => pipe.inFlightBytes() > 0),
    forecast: (sender, bytes) => members.get(sender)?.pipe.forecastMs(bytes, now()) ?? Infinity,
    judge({ index, isGood, liars }, completedBy) {
      const { plan } = draft;
      if (isGood) {
        plan.verify(index);
        job.roster.served(completedBy);
      } else {
        plan.spoil(index, liars.length === 0);
        wakeAll();
      }
      for (const { source, sender } of known.values()) {
        if (liars.includes(sender)) accuse(source, new SwapmeetError('bad-content', `piece ${index} has wrong blocks`));
      }
      if (plan.isComplete()) wakeAll();
    },
  };
}
