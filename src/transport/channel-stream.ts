import { Duplex } from 'node:stream';
import type { Channel } from './channel.ts';

/** A channel as the stream that Node's TLS takes, with back-pressure both ways. Each ends with the other. */
export function channelStream(channel: Channel): Duplex {
  const stream = new Duplex({
    read: () => {
      channel.resume();
    },
    write: (bytes: Buffer, _encoding, done) => {
      channel.write(bytes).then(() => {
        done();
      }, done);
    },
    final: (done) => {
      channel.end();
      done();
    },
    destroy: (error, done) => {
      channel.destroy();
      done(error);
    },
  });
  // Why it failed, whoever writes or waits is told; without a listener it would end the process.
  stream.on('error', () => undefined);
  channel.receive((chunk) => {
    if (stream.destroyed) return;
    // A chunk is valid only during the call, and the stream keeps it.
    if (!stream.push(chunk === undefined ? null : Buffer.from(chunk))) channel.pause();
  });
  void channel.closed.then(() => stream.destroy());
  return stream;
}
