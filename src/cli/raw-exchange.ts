import { SwapmeetError } from '../domain/errors.ts';
import { createFrameDecoder, encodeFrame, type FrameEvent } from '../protocol/frame.ts';
import { decodeKo } from '../protocol/ko.ts';
import { EVENTS, replyCapBytes } from '../protocol/messages.ts';
import type { Channel } from '../transport/channel.ts';

export type RawReply = { readonly type: number; readonly payload: string };

/** Sends payloads as they are, right or wrong, and gives the replies as they are: one at a time. */
export type RawExchange = {
  /** @throws SwapmeetError `disconnected`, `timeout`, `protocol-error`; or why the server ended the session */
  ask(type: number, payload: Uint8Array | string): Promise<RawReply>;
  close(): void;
};

const REPLY_TIMEOUT_MS = 60_000;

export function createRawExchange(channel: Channel): RawExchange {
  const decoder = createFrameDecoder(replyCapBytes);
  let waiting: PromiseWithResolvers<RawReply> | undefined;
  let farewell = new SwapmeetError('disconnected', 'the server closed the connection without a reply');
  let ended = false;

  function onFrame(event: FrameEvent): void {
    if (event.kind === 'violation') waiting?.reject(new SwapmeetError('protocol-error', event.sentence));
    else if (event.kind === 'data') waiting?.reject(new SwapmeetError('protocol-error', 'a server sends no DATA'));
    else if (event.type === EVENTS.SESSION_ENDED.code) farewell = decodeKo(event.payload);
    else waiting?.resolve({ type: event.type, payload: event.payload.toString('utf8') });
  }

  function onEnd(): void {
    ended = true;
    waiting?.reject(farewell);
  }

  channel.receive((chunk) => {
    if (chunk === undefined) onEnd();
    else for (const event of decoder.push(chunk)) onFrame(event);
  });
  void channel.closed.then(onEnd);

  return {
    async ask(type, payload) {
      if (ended) throw farewell;
      const reply = Promise.withResolvers<RawReply>();
      waiting = reply;
      const timer = setTimeout(() => {
        reply.reject(new SwapmeetError('timeout', `no reply within ${REPLY_TIMEOUT_MS / 1000} s`));
      }, REPLY_TIMEOUT_MS);
      // A server that refuses a message replies before it has read all of it: the reply counts, not the failed write.
      channel.write(encodeFrame(type, payload)).catch(() => undefined);
      return reply.promise.finally(() => {
        clearTimeout(timer);
      });
    },
    close: () => {
      channel.end();
    },
  };
}
