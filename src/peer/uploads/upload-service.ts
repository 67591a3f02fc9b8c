import { SwapmeetError } from '../../domain/errors.ts';
import type { Channel } from '../../transport/channel.ts';
import type { Responder } from '../../transport/responder.ts';

export type UploadService = {
  /** Serves a peer that has connected. */
  readonly accept: (channel: Channel) => void;
  /** Ends all connections, and resolves when nothing of theirs runs any more. */
  readonly end: () => Promise<void>;
};

/** Keeps the connections of other peers, until they or we end them. */
export function createUploadService(serve: (channel: Channel) => Responder): UploadService {
  const open = new Set<Responder>();
  return {
    accept: (channel) => {
      const responder = serve(channel);
      open.add(responder);
      void responder.closed.then(() => open.delete(responder));
    },
    end: async () => {
      const all = [...open];
      for (const responder of all) responder.end(new SwapmeetError('shutting-down', 'this peer stops'));
      await Promise.all(all.map(({ closed }) => closed));
    },
  };
}
