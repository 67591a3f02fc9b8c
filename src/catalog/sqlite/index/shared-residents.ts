import { randomUUID } from 'node:crypto';
import { BroadcastChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { Resident } from '../../segment/segment-file.ts';
import type { Residents } from './segment-files.ts';

declare module 'node:worker_threads' {
  // It takes either, which its types don’t say yet.
  function receiveMessageOnPort(port: BroadcastChannel): { message: unknown } | undefined;
}

/** What a thread is told when it starts. */
export type ThreadData = {
  readonly folder: string;
  /** The name of the channel on which parts of segments are shared. */
  readonly channel: string;
  /** What was shared before, by the key of its segment. */
  readonly residents: Map<number, Resident>;
};

/** A part of a segment that is in memory, as it travels to the other threads: they share the memory. */
type SharedResident = { readonly key: number; readonly resident: Resident };

/** Shares what is in memory of segments: with threads that listen, and with those that start later. */
export type ResidentSharing = {
  /** What threads are told when they start: what is shared until then is in it. */
  readonly data: ThreadData;
  share(key: number, resident: Resident): void;
  /** The segment is gone: threads that start later have no use for it. */
  readonly forget: (key: number) => void;
  close(): void;
};

export function createResidentSharing(folder: string): ResidentSharing {
  const channel = `swapmeet-${randomUUID()}`;
  const out = new BroadcastChannel(channel);
  const residents = new Map<number, Resident>();
  return {
    data: { folder, channel, residents },
    share: (key, resident) => {
      residents.set(key, resident);
      out.postMessage({ key, resident } satisfies SharedResident);
    },
    forget: (key) => {
      residents.delete(key);
    },
    close: () => {
      out.close();
    },
  };
}

/** Shared parts that came since the thread started and wait for it to open their segments. */
const UNCLAIMED_MAX = 32;

/**
 * What was shared before this thread started, and since it listens. A thread that missed something reads it from the file itself: it
 * costs memory, and nothing else.
 *
 * @param data as the thread got it: what it holds of others is taken out of it, for it lives as long as the thread
 */
export function receiveResidents(data: Pick<ThreadData, 'channel' | 'residents'>): Residents {
  const incoming = new BroadcastChannel(data.channel);
  incoming.unref();
  const known = new Map(data.residents);
  const unclaimedMax = Math.max(UNCLAIMED_MAX, known.size);
  data.residents.clear();
  return {
    get: (key) => {
      for (let message = receiveMessageOnPort(incoming); message; message = receiveMessageOnPort(incoming)) {
        const shared = message.message as SharedResident;
        known.set(shared.key, shared.resident);
      }
      // Nobody asks any more for those that came long before: their segments were merged in the meantime.
      for (const old of [...known.keys()].slice(0, -unclaimedMax)) known.delete(old);
      const resident = known.get(key);
      // It is asked for once, when the segment is opened; from then on the segment holds it.
      known.delete(key);
      return resident;
    },
  };
}
