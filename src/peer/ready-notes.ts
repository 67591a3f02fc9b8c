import { parseHostPort } from '../protocol/host-port.ts';
import type { PeerStatus, ShareSummary } from './control.ts';

/** What a person should know of a peer that has published its list, though the peer goes on without them: sentences, mostly none. */
export function readyNotes({ link, listen }: PeerStatus, shares: readonly ShareSummary[]): string[] {
  const notes = shares.flatMap(({ label, error }) =>
    error ? [`${label} is not shared for now: ${error.message}`] : [],
  );
  if (link.state === 'online' && link.address === undefined) {
    const { port } = parseHostPort(listen);
    notes.push(
      `the server can't connect to this peer at port ${port}, so others reach it only by detours: open that port (TCP) in ` +
        'the firewall, or forward it in the router; “swapmeet doctor” tells more',
    );
  }
  return notes;
}
