import { toSwapmeetError, type SwapmeetError } from '../../../domain/errors.ts';
import type { KeyedSource } from './source-roster.ts';
import { isLie, openSession, type SourceSession } from './source-session.ts';
import type { Member, Swarm } from './swarm.ts';
import { transfer } from './transfer.ts';

/**
 * Fetches from one source what the plan lets it claim, until nothing is missing any more, the source fails or is dismissed. How
 * it fails is noted with the job.
 *
 * @throws SwapmeetError `disk-full`, `disk-error`
 */
export async function fetchFrom(swarm: Swarm, source: KeyedSource): Promise<void> {
  const member = swarm.join(source);
  try {
    await fetchAll(swarm, member);
  } catch (error) {
    if (!member.signal.aborted) noteFailure(swarm, source, toSwapmeetError(error));
  } finally {
    member.leave();
    swarm.draft.plan.leave(member.sender);
    swarm.wakeAll();
  }
}

async function fetchAll(swarm: Swarm, member: Member): Promise<void> {
  const { job, draft, part } = swarm;
  const { context, content, speed, pace, stored, places } = job;
  const { connect, timing, throttle, now, link } = context;
  const { source, sender, pipe, wake, signal } = member;
  const { plan } = draft;
  const session = await openSession({
    source,
    content,
    connect,
    timing,
    throttle,
    share: stored.id,
    signal,
    now,
    ticket: () => link.ticket(),
    onHas: ({ held, coming }) => {
      plan.availability.update(sender, held, coming);
      wake.wake();
    },
    onQueued: (place) => {
      pipe.excuse(now());
      places.set(source.username, place);
    },
  });
  try {
    await learnPieces(swarm, member, session);
    await fetchLayer(swarm, session);
    swarm.offer.begin();
    const opened = await part.open();
    draft.contributors.add(source);
    places.set(source.username);
    job.tell({ state: 'downloading', source: swarm.usernames().join(', ') });
    await transfer({
      plan,
      part: opened,
      sender,
      session,
      pipe,
      pace,
      wake,
      stallMs: timing.stallMs,
      forecast: swarm.forecast,
      onBytes: (bytes) => {
        speed.add(bytes);
        places.set(source.username);
      },
      onVerdict: (verdict) => {
        swarm.judge(verdict, source);
        opened.sha1.advance(plan.prefixBytes());
      },
      now,
      signal,
    });
  } finally {
    session.close();
    places.leave(source.username);
  }
}

/** A source that the server lists as whole needs not be asked. */
async function learnPieces({ job, draft }: Swarm, { source, sender }: Member, session: SourceSession): Promise<void> {
  const { availability, division } = draft.plan;
  const { root } = job.content;
  if (root === undefined || !source.part) {
    availability.join(sender);
    return;
  }
  // What comes by HAS from now on adds to it.
  availability.join(sender, new Uint8Array());
  const held = await session.have(root);
  if (held.isWhole) {
    availability.join(sender);
    return;
  }
  availability.add(sender, held.bitfield);
  division.join(sender, source.key);
}

async function fetchLayer({ job, draft }: Swarm, session: SourceSession): Promise<void> {
  const { context, stored, content } = job;
  if (content.root === undefined || draft.layer) return;
  const layer = await session.pieceHashes(content.root);
  context.store.setLayer(stored.id, layer);
  draft.layer = layer;
}

function noteFailure({ job, accuse }: Swarm, source: KeyedSource, error: SwapmeetError): void {
  // A KO can't name these codes, so it is this machine's disk.
  if (error.code === 'disk-full' || error.code === 'disk-error') throw error;
  if (isLie(error)) {
    accuse(source, error);
    return;
  }
  job.roster.failed(source, error);
  job.context.log.info({ source: source.username, code: error.code, sha1: job.content.sha1 }, error.message);
}
