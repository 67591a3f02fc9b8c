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
};

/** A part of a segment that is in memory, as it travels to the other threads: they share the memory. */
type SharedResident = { readonly key: number; readonly resident: Resident };

/** Shares what is in memory of segments with the threads that listen. */
export function createResidentSharing(channel: string): {
  readonly share: (key: number, resident: Resident) => void;
  close(): void;
} {
  const out = new BroadcastChannel(channel);
  return {
    share: (key, resident) => {
      out.postMessage({ key, resident } satisfies SharedResident);
    },
    close: () => {
      out.close();
    },
  };
}

/** Shared parts that wait for this thread to open their segments. */
const UNCLAIMED_MAX = 32;

/**
 * What was shared with this thread since it listens. A thread that missed something reads it from the file itself: it costs
 * memory, and nothing else.
 */
export function receiveResidents(channel: string): Residents {
  const incoming = new BroadcastChannel(channel);
  incoming.unref();
  const known = new Map<number, Resident>();
  return {
    get: (key) => {
      for (let message = receiveMessageOnPort(incoming); message; message = receiveMessageOnPort(incoming)) {
        const shared = message.message as SharedResident;
        known.set(shared.key, shared.resident);
      }
      // Nobody asks any more for those that came long before: their segments were merged in the meantime.
      for (const old of [...known.keys()].slice(0, -UNCLAIMED_MAX)) known.delete(old);
      const resident = known.get(key);
      // It is asked for once, when the segment is opened; from then on the segment holds it.
      known.delete(key);
      return resident;
    },
  };
}
