import { channelStream } from '../../transport/channel-stream.ts';
import type { Channel } from '../../transport/channel.ts';

export type PipeOptions = {
  /** Resolves when so many bytes may be passed on. */
  readonly pace: (bytes: number) => Promise<void>;
  /** How long no byte may come from either end. */
  readonly idleTimeoutMs: number;
};

/**
 * Passes on what each of two connections sends to the other, as slowly as the reader of it takes it. Resolves when both are
 * closed, which they are soon after either is.
 */
export async function pipe(one: Channel, other: Channel, { pace, idleTimeoutMs }: PipeOptions): Promise<void> {
  const close = (): void => {
    one.destroy();
    other.destroy();
  };
  const idle = setTimeout(close, idleTimeoutMs);

  async function passOn(from: Channel, to: Channel): Promise<void> {
    try {
      for await (const bytes of channelStream(from).iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        idle.refresh();
        await pace(bytes.length);
        await to.write(bytes);
      }
      to.end();
    } catch {
      // One of them is gone, or does not read: the other learns it by the end of its connection.
      close();
    }
  }

  await Promise.all([passOn(one, other), passOn(other, one), one.closed, other.closed]);
  clearTimeout(idle);
}
