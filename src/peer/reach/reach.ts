import type { Logger } from 'pino';
import type { Channel } from '../../transport/channel.ts';
import type { ServerLink } from '../link/server-link.ts';
import { createCallAnswerer } from './answer-calls.ts';
import { createConnector, type Connect, type ConnectTiming } from './connector.ts';
import { createWayMemory } from './way-memory.ts';
import { waysTo, type Reachable, type Way, type WaysContext } from './ways.ts';

export type ReachOptions = Omit<WaysContext, 'link'> & {
  readonly link: Pick<ServerLink, 'call' | 'status' | 'onCall'>;
  /** Serves a peer that this one went to meet, like one that has dialled. */
  readonly accept: (channel: Channel) => void;
  readonly log: Logger;
  /** ms */
  readonly now: () => number;
  readonly timing?: ConnectTiming;
};

/** How this peer gets to others, and they to it. */
export type Reach = {
  readonly connect: Connect;
  /** All ways to a peer that there may be. */
  readonly waysTo: (target: Reachable) => readonly Way[];
  /** Meets nobody any more. */
  readonly close: () => Promise<void>;
};

export function openReach({ accept, log, now, timing, ...context }: ReachOptions): Reach {
  const answerer = createCallAnswerer({ ...context, accept, log });
  const stopListening = context.link.onCall(answerer.answer);
  const ways = (target: Reachable): Way[] => waysTo(context, target);
  return {
    connect: createConnector({ waysTo: ways, memory: createWayMemory(now), log, ...(timing && { timing }) }),
    waysTo: ways,
    close: async () => {
      stopListening();
      await answerer.close();
    },
  };
}
