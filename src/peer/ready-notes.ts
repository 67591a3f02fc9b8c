import type { PeerStatus, ShareSummary } from './control.ts';
import { adviceForUnpublished } from './reach/advice.ts';
import type { OwnFinding } from './reach/findings.ts';

/** What a person should know of a peer that has published its list, though the peer goes on without them: sentences, mostly none. */
export function readyNotes(
  { link, listen }: PeerStatus,
  shares: readonly ShareSummary[],
  mapping: Pick<OwnFinding, 'portMapping'>,
): string[] {
  const notes = shares.flatMap(({ label, error }) =>
    error ? [`${label} is not shared for now: ${error.message}`] : [],
  );
  if (link.state === 'online' && link.address === undefined) {
    notes.push(...adviceForUnpublished(listen, mapping));
  }
  return notes;
}
