import { SwapmeetError } from '../../../domain/errors.ts';
import type { BundleReply } from '../../../protocol/codecs/bundle.ts';
import { createCaller, type DataSink } from '../../../transport/caller.ts';
import { closeOnAbort } from '../../close-on-abort.ts';
import type { DownloadContext } from '../job.ts';
import { sinkTo } from '../sink-to.ts';
import type { KeyedSource } from '../sources/source-roster.ts';
import type { ContentNames } from '../store/download-rows.ts';

/** So often it is looked whether this peer's own limits keep it from reading. */
const LOOK_MS = 1_000;

/** A connection to one source, for many small contents. */
export type BundleSession = {
  /**
   * Asks for some contents at once. May be called ahead: replies come in order.
   *
   * @param take is given the buffer for the bytes, before they come
   * @returns for each content whether its bytes are there: one after the other, without those that are not
   * @throws SwapmeetError what the source answers; `bad-content` where it announces other sizes; `disconnected`, `timeout`
   */
  fetch(contents: readonly ContentNames[], take: (sizeBytes: number) => Uint8Array): Promise<readonly boolean[]>;
  close(): void;
};

/**
 * @param share what shares the limits of reading: the id of the download
 * @throws SwapmeetError `unreachable`, `wrong-key`, as `connect` does
 */
export async function openBundleSession(
  { connect, throttle, timing, link }: DownloadContext,
  source: KeyedSource,
  share: string,
  signal: AbortSignal,
): Promise<BundleSession> {
  const { callTimeoutMs: timeoutMs } = timing;
  const channel = throttle.limit(await connect(source, signal), { peer: source.username, share });
  // Whoever has to wait there waits: what a reply has for its deadline begins anew with each QUEUED.
  const caller = createCaller(channel, { QUEUED: () => undefined });
  closeOnAbort(caller, signal);
  const timer = setInterval(() => {
    if (channel.isHeld()) caller.excuse();
  }, LOOK_MS).unref();
  void caller.closed.then(() => {
    clearInterval(timer);
  });
  let presented: string | undefined;

  function present(): void {
    const ticket = link.ticket() ?? presented;
    if (ticket === undefined) {
      throw new SwapmeetError('no-ticket', 'a download needs a login at the indexing server, which is not there now');
    }
    if (ticket === presented) return;
    presented = ticket;
    // Whatever is asked for next tells whether it was taken.
    caller.call('PRESENT', { ticket }, { timeoutMs }).catch(() => undefined);
  }

  return {
    async fetch(contents, take) {
      present();
      const receive = (ok: BundleReply): DataSink => {
        assertSizes(contents, ok);
        const sizeBytes = ok.sizesBytes.reduce<number>((sum, size = 0) => sum + size, 0);
        return sinkTo(take(sizeBytes));
      };
      const request = { contents: contents.map(({ sha1, root }) => ({ sha1, root })) };
      // With the deadline of large replies: a bundle takes a slow source longer than one range does.
      const { sizesBytes } = await caller.call('BUNDLE', request, { receive });
      return sizesBytes.map((size) => size !== undefined);
    },
    close: () => {
      caller.close();
    },
  };
}

function assertSizes(contents: readonly ContentNames[], { sizesBytes }: BundleReply): void {
  const isRight = (size: number | undefined, at: number): boolean =>
    size === undefined || size === contents[at]?.sizeBytes;
  if (sizesBytes.length === contents.length && sizesBytes.every(isRight)) return;
  throw new SwapmeetError('bad-content', 'the source announces other contents than were asked for');
}
