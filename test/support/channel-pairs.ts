import type { TestContext } from 'node:test';
import type { Channel } from '../../src/transport/channel.ts';
import { dialPlaintext } from '../../src/transport/dialler.ts';
import { generateIdentity } from '../../src/transport/identity.ts';
import { listen } from '../../src/transport/listener.ts';

/** Makes connections, and gives both ends of each; they end with the test. */
export async function createChannelPairs(t: TestContext): Promise<() => Promise<[Channel, Channel]>> {
  const accepted: ((channel: Channel) => void)[] = [];
  const onChannel = (channel: Channel): void => accepted.shift()?.(channel);
  const identity = await generateIdentity();
  const listener = await listen({ host: '127.0.0.1', port: 0, identity, plaintext: true, onChannel });
  t.after(() => listener.close());
  return async () => {
    const accepting = new Promise<Channel>((resolve) => accepted.push(resolve));
    const dialled = await dialPlaintext({ host: '127.0.0.1', port: listener.port });
    t.after(dialled.destroy);
    // A listener has to see a byte to know a plaintext connection.
    await dialled.write(Buffer.from([0]));
    const other = await accepting;
    await new Promise<void>((resolve) => {
      other.receive((chunk) => {
        other.handBack(chunk?.subarray(1));
        resolve();
      });
    });
    return [dialled, other];
  };
}

/** The next so many bytes, or those that come until the other side ends. */
export function readBytes(channel: Channel, lengthBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    channel.receive((chunk) => {
      if (chunk !== undefined) {
        chunks.push(Buffer.from(chunk));
        length += chunk.length;
      }
      if (chunk === undefined || length >= lengthBytes) resolve(Buffer.concat(chunks));
    });
  });
}
