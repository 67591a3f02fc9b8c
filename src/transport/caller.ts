import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import type { Codec } from '../protocol/codec.ts';
import { createFrameDecoder, encodeFrame, HEADER_BYTES, type FrameEvent } from '../protocol/frame.ts';
import { decodeKo } from '../protocol/ko.ts';
import {
  eventCodecOf,
  eventNameOf,
  KO_OFFSET,
  MESSAGES,
  isEventType,
  messageOf,
  OK_OFFSET,
  PROTOCOL_KO_TYPE,
  replyCapBytes,
  type EventName,
  type EventOf,
  type OkOf,
  type RequestName,
  type RequestOf,
} from '../protocol/messages.ts';
import { PROGRESS_BYTES, type Channel } from './channel.ts';

/** Takes the DATA that follows an OK, chunk by chunk; a chunk is valid only during the call. Throwing refuses the rest. */
export type DataSink = (bytes: Buffer) => void;

export type CallOptions<Name extends RequestName> = {
  /** For the whole reply, from the moment on that it is the next to come. Without it, 60 s for each 512 KiB of it. */
  readonly timeoutMs?: number | undefined;
  /** Gives the reply up when it aborts; the server is told by a CANCEL once no query is wanted any more. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the OK before its DATA: looks at what is announced and says where to put it. */
  readonly receive?: (ok: OkOf<Name>) => DataSink;
};

/** The asking side of a connection. Calls are pipelined; replies come in their order. */
export type Caller = {
  /**
   * One request and its reply; resolves when the DATA is complete, too.
   *
   * @throws SwapmeetError the KO's; `disconnected`, `timeout`, `protocol-error`
   */
  call<Name extends RequestName>(
    name: Name,
    request: RequestOf<Name>,
    options?: CallOptions<Name>,
  ): Promise<OkOf<Name>>;
  /** It is known why the next reply is late: its deadline begins anew. */
  excuse(): void;
  close(): void;
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<SwapmeetError>;
};

/** What a serving peer answers when it is one’s turn. */
const WAITS_FOR_TURN: ReadonlySet<RequestName> = new Set(['DOWNLOAD', 'BUNDLE']);

type Pending = {
  readonly name: RequestName;
  /** False once nobody waits for the reply any more. */
  isWanted: boolean;
  readonly timeoutMs: number | undefined;
  /** Decodes the OK and returns how many bytes of DATA follow. */
  readonly accept: (payload: Buffer) => number;
  readonly sink: (bytes: Buffer) => void;
  readonly succeed: () => void;
  readonly fail: (error: SwapmeetError) => void;
};

const CALL_TIMEOUT_MS = 60_000;

function ignoreData(): void {
  // A reply without DATA has nothing to put anywhere.
}

/** A reply or event that does not parse is the other side's fault: it must not pass for a KO of the same code. */
function decodeReply<T>(name: RequestName | EventName, codec: Codec<T>, payload: Buffer): T {
  try {
    return codec.decode(payload);
  } catch (cause) {
    const { message } = toSwapmeetError(cause);
    throw new SwapmeetError('protocol-error', `${name} does not parse: ${message}`, { cause });
  }
}

function givenUp({ reason }: AbortSignal): SwapmeetError {
  return new SwapmeetError('cancelled', 'the answer is not wanted any more', { cause: reason });
}

/** Tells of the signal's abort, once. Returns how to stop listening. */
function onAbort(signal: AbortSignal | undefined, listener: (error: SwapmeetError) => void): () => void {
  if (!signal) return () => undefined;
  const onEvent = (): void => {
    listener(givenUp(signal));
  };
  signal.addEventListener('abort', onEvent, { once: true });
  return () => {
    signal.removeEventListener('abort', onEvent);
  };
}

/**
 * Is told of what the other side says unasked. An event that nobody here listens to is against the protocol, except
 * SESSION_ENDED: what a server tells its peers, one peer has no reason to tell another.
 */
export type CallerEvents = { readonly [Name in EventName]?: (payload: EventOf<Name>) => void };

function hear<Name extends EventName>(events: Pick<CallerEvents, Name>, name: Name, payload: Buffer): void {
  const listener: ((heard: EventOf<Name>) => void) | undefined = events[name];
  if (!listener && name !== 'SESSION_ENDED') throw new SwapmeetError('protocol-error', `${name} has no place here`);
  listener?.(decodeReply(name, eventCodecOf(name), payload));
}

export function createCaller(channel: Channel, events: CallerEvents = {}): Caller {
  const decoder = createFrameDecoder(replyCapBytes);
  const pending: Pending[] = [];
  let dataLeftBytes = 0;
  let sinceProgressBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended: SwapmeetError | undefined;
  const closed = Promise.withResolvers<SwapmeetError>();

  function end(error: SwapmeetError): void {
    if (ended) return;
    ended = error;
    clearTimeout(timer);
    channel.destroy();
    for (const { fail } of pending.splice(0)) fail(error);
    closed.resolve(error);
  }

  function armTimer(): void {
    clearTimeout(timer);
    const next = pending[0];
    if (!next || ended) return;
    const timeoutMs = next.timeoutMs ?? CALL_TIMEOUT_MS;
    timer = setTimeout(() => {
      end(new SwapmeetError('timeout', `no whole reply to ${next.name} within ${timeoutMs / 1000} s`));
    }, timeoutMs);
  }

  function noteProgress(bytes: number): void {
    sinceProgressBytes += bytes;
    if (sinceProgressBytes < PROGRESS_BYTES) return;
    sinceProgressBytes = 0;
    if (pending[0]?.timeoutMs === undefined) armTimer();
  }

  function settleFirst(error?: SwapmeetError): void {
    const first = pending.shift();
    dataLeftBytes = 0;
    if (error) first?.fail(error);
    else first?.succeed();
    armTimer();
  }

  /** @param name undefined for an event of a later version, which is passed over */
  function onEvent(name: EventName | undefined, payload: Buffer): void {
    // Events are no progress of a reply, but for one that says that the reply waits for its turn.
    sinceProgressBytes -= HEADER_BYTES + payload.length;
    if (name === undefined) return;
    hear(events, name, payload);
    if (name === 'QUEUED' && pending[0] && WAITS_FOR_TURN.has(pending[0].name)) armTimer();
  }

  function onMessage(type: number, payload: Buffer): void {
    if (isEventType(type)) {
      onEvent(eventNameOf(type), payload);
      return;
    }
    const first = pending[0];
    if (type === PROTOCOL_KO_TYPE) {
      end(decodeKo(payload));
      return;
    }
    const { code } = first ? MESSAGES[first.name] : { code: Number.NaN };
    if (type === code + KO_OFFSET) settleFirst(decodeKo(payload));
    else if (first && type === code + OK_OFFSET && dataLeftBytes === 0) {
      dataLeftBytes = first.accept(payload);
      if (dataLeftBytes === 0) settleFirst();
    } else throw new SwapmeetError('protocol-error', `a reply of type ${type} that nothing asked for`);
  }

  function onData(bytes: Buffer): void {
    const first = pending[0];
    if (!first || bytes.length > dataLeftBytes) {
      throw new SwapmeetError('protocol-error', 'more data than was asked for');
    }
    first.sink(bytes);
    dataLeftBytes -= bytes.length;
    if (dataLeftBytes === 0) settleFirst();
  }

  function onFrame(event: FrameEvent): void {
    if (event.kind === 'data') onData(event.bytes);
    else if (event.kind === 'message') onMessage(event.type, event.payload);
    else throw new SwapmeetError('protocol-error', event.sentence);
  }

  channel.receive((chunk) => {
    if (ended) return;
    if (chunk === undefined) {
      end(new SwapmeetError('disconnected', 'the other side closed the connection'));
      return;
    }
    noteProgress(chunk.length);
    try {
      for (const event of decoder.push(chunk)) onFrame(event);
    } catch (error) {
      end(toSwapmeetError(error));
    }
  });
  void channel.closed.then(() => {
    end(new SwapmeetError('disconnected', 'the connection was lost'));
  });

  function send<Name extends RequestName>(
    name: Name,
    request: RequestOf<Name>,
    options: CallOptions<Name>,
  ): Promise<OkOf<Name>> {
    const { request: requestCodec, ok: okCodec, dataBytes } = messageOf(name);
    const frame = encodeFrame(MESSAGES[name].code, requestCodec.encode(request));
    const reply = Promise.withResolvers<OkOf<Name>>();
    let ok: OkOf<Name>;
    let sink: DataSink = ignoreData;
    const entry: Pending = {
      name,
      isWanted: true,
      timeoutMs: options.timeoutMs,
      accept: (payload) => {
        ok = decodeReply(name, okCodec, payload);
        if (entry.isWanted) sink = options.receive?.(ok) ?? ignoreData;
        return dataBytes(ok);
      },
      sink: (bytes) => {
        if (entry.isWanted) sink(bytes);
      },
      succeed: () => {
        stopListening();
        reply.resolve(ok);
      },
      fail: (error) => {
        stopListening();
        reply.reject(error);
      },
    };
    const stopListening = onAbort(options.signal, (error) => {
      entry.isWanted = false;
      reply.reject(error);
      cancelUnwanted(name);
    });
    pending.push(entry);
    if (pending.length === 1) armTimer();
    channel.write(frame).catch((error: unknown) => {
      end(toSwapmeetError(error));
    });
    return reply.promise;
  }

  /** A CANCEL takes back all queries under way, so it has to wait until the last of them is unwanted. */
  function cancelUnwanted(name: RequestName): void {
    const isQuery = (query: RequestName): boolean => messageOf(query).cancellable;
    if (!isQuery(name) || pending.some((other) => other.isWanted && isQuery(other.name))) return;
    send('CANCEL', undefined, {}).catch(() => undefined);
  }

  return {
    call: async (name, request, options = {}) => {
      if (ended) throw ended;
      if (options.signal?.aborted) throw givenUp(options.signal);
      return send(name, request, options);
    },
    excuse: armTimer,
    close: () => {
      end(new SwapmeetError('disconnected', 'the connection was closed on this side'));
    },
    closed: closed.promise,
  };
}
