import type { Parts } from './parts.ts';
import type { LoggedIn } from './session.ts';

/** Who is logged in at this process: one session an id. */
export type Sessions = {
  find(id: string): LoggedIn | undefined;
  /** Whether a session has neither ended nor been taken over. */
  isCurrent(peer: LoggedIn): boolean;
  /** Makes a session its id's only one, and says which it takes over from. */
  begin(peer: LoggedIn): LoggedIn | undefined;
  /** Ends the session of an id, and says which. The connection of what ended is the caller's to close or keep. */
  end(id: string): LoggedIn | undefined;
};

export function createSessions(parts: Pick<Parts, 'forget'>): Sessions {
  const byId = new Map<string, LoggedIn>();

  function end(id: string): LoggedIn | undefined {
    const peer = byId.get(id);
    byId.delete(id);
    peer?.reach.stop();
    peer?.matches.stop();
    parts.forget(id);
    return peer;
  }

  return {
    find: (id) => byId.get(id),
    isCurrent: (peer) => byId.get(peer.id) === peer,
    begin(peer) {
      const older = end(peer.id);
      byId.set(peer.id, peer);
      return older;
    },
    end,
  };
}
