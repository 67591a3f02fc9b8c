import type { ComposedPeer } from './compose-peer.ts';
import { showHashing } from './hashing-progress.ts';
import type { Output } from './output.ts';
import { aborted } from './signals.ts';

/**
 * Shows the hashing until everything is published, calls `onReady`, and returns when `stop` aborts.
 *
 * @throws SwapmeetError why the server refuses the peer for good
 */
export async function runPeer(
  peer: ComposedPeer,
  {
    output,
    stop,
    onReady,
  }: { readonly output: Output; readonly stop: AbortSignal; readonly onReady: () => Promise<void> },
): Promise<void> {
  const ended = Promise.race([peer.finished, aborted(stop)]);
  const shown = new AbortController();
  const showing = showHashing(peer.control, output, shown.signal);
  try {
    await Promise.race([peer.ready, ended]);
  } finally {
    shown.abort();
    await showing;
  }
  if (!stop.aborted) await onReady();
  await ended;
}
