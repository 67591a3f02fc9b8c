import type { Channel } from './channel.ts';

/** What of its replies may be on its way to one client before the next of its requests is answered. */
const UNSENT_BYTES_MAX = 64 * 1024;

/**
 * Sends replies in the order of the calls. They are waited for only while much is on its way: else a client would get one reply in
 * each turn of the thread, however many of its requests are there, and behind others that keep the thread busy turns are long.
 *
 * @returns resolves when the next reply may follow. @throws SwapmeetError `disconnected`, `timeout`
 */
export function createReplyWriter({ write }: Pick<Channel, 'write'>): (frame: Uint8Array) => Promise<void> {
  let unsentBytes = 0;
  return async (frame) => {
    unsentBytes += frame.length;
    const sent = write(frame).finally(() => {
      unsentBytes -= frame.length;
    });
    if (unsentBytes > UNSENT_BYTES_MAX) await sent;
    // Where it can’t be sent the connection ends, which stops whoever would answer more.
    else sent.catch(() => undefined);
  };
}
