import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import { createFrameDecoder, encodeFrame, type FrameEvent } from '../protocol/frame.ts';
import { decodeKo } from '../protocol/ko.ts';
import {
  EVENTS,
  isEventType,
  KO_OFFSET,
  messageOf,
  OK_OFFSET,
  PROTOCOL_KO_TYPE,
  replyCapBytes,
  type OkOf,
  type RequestName,
  type RequestOf,
} from '../protocol/messages.ts';
import type { Channel } from './channel.ts';

export type AskOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined };

/**
 * One request on a connection that is then used for something else: what comes after the OK is left to whoever receives from
 * the channel next. When it fails the connection is closed.
 *
 * @throws SwapmeetError the KO's; `disconnected`, `timeout`, `cancelled`, `protocol-error`
 */
export async function askOnce<Name extends RequestName>(
  channel: Channel,
  name: Name,
  request: RequestOf<Name>,
  { timeoutMs, signal }: AskOptions,
): Promise<OkOf<Name>> {
  const { code, request: requestCodec, ok } = messageOf(name);
  const timer = AbortSignal.timeout(timeoutMs);
  const stop = signal ? AbortSignal.any([timer, signal]) : timer;
  try {
    const reply = takeReply(channel, code, stop);
    const sent = channel.write(encodeFrame(code, requestCodec.encode(request)));
    const [payload] = await Promise.all([reply, sent]);
    return decode(() => ok.decode(payload));
  } catch (error) {
    channel.destroy();
    if (timer.aborted) throw new SwapmeetError('timeout', `no reply to ${name} within ${timeoutMs / 1000} s`);
    throw toSwapmeetError(error);
  }
}

/** Reads up to the end of the OK. */
function takeReply(channel: Channel, code: number, stop: AbortSignal): Promise<Buffer> {
  const decoder = createFrameDecoder(replyCapBytes);
  const reply = Promise.withResolvers<Buffer>();
  const onAbort = (): void => {
    reply.reject(new SwapmeetError('cancelled', 'the answer is not wanted any more'));
  };
  if (stop.aborted) onAbort();
  stop.addEventListener('abort', onAbort, { once: true });
  void channel.closed.then(() => {
    reply.reject(new SwapmeetError('disconnected', 'the connection ended before the reply'));
  });
  channel.receive((chunk) => {
    if (chunk === undefined) {
      reply.reject(new SwapmeetError('disconnected', 'the other side closed the connection'));
      return;
    }
    try {
      for (let rest = chunk; rest.length > 0;) {
        const next = decoder.pushUntilEvent(rest);
        rest = next.rest;
        const payload = next.event && okPayloadOf(next.event, code);
        if (payload === undefined) continue;
        channel.handBack(rest);
        reply.resolve(payload);
        return;
      }
    } catch (error) {
      reply.reject(error);
    }
  });
  return reply.promise.finally(() => {
    stop.removeEventListener('abort', onAbort);
  });
}

/** The payload where the event is the OK; undefined where it is an event, known or to come, which may come at any time. */
function okPayloadOf(event: FrameEvent, code: number): Buffer | undefined {
  if (event.kind === 'violation') throw new SwapmeetError('protocol-error', event.sentence);
  if (event.kind === 'message') {
    const { type, payload } = event;
    if (type === code + OK_OFFSET) return payload;
    if (type === EVENTS.SESSION_ENDED.code || type === PROTOCOL_KO_TYPE || type === code + KO_OFFSET) {
      throw decodeKo(payload);
    }
    if (isEventType(type)) return undefined;
  }
  throw new SwapmeetError('protocol-error', 'a reply that nothing asked for');
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SwapmeetError('protocol-error', `the reply does not parse: ${toSwapmeetError(cause).message}`, { cause });
  }
}
