import { setImmediate as nextTurn } from 'node:timers/promises';
import { SwapmeetError, toSwapmeetError } from '../domain/errors.ts';
import { createFrameDecoder, encodeFrame, type FrameEvent } from '../protocol/frame.ts';
import { encodeKo } from '../protocol/ko.ts';
import { PIPELINED_REQUESTS_MAX } from '../protocol/limits.ts';
import {
  EVENTS,
  KO_OFFSET,
  koTypeOf,
  messageOf,
  OK_OFFSET,
  PROTOCOL_KO_TYPE,
  requestCapBytes,
  requestNameOf,
  type ConnectionState,
  type OkOf,
  type RequestNameAt,
  type RequestOf,
  type Side,
} from '../protocol/messages.ts';
import type { ByteBudget } from './byte-budget.ts';
import { createCancellation } from './cancellation.ts';
import type { Channel } from './channel.ts';
import { createIntake } from './intake.ts';
import { createRequestDeadline } from './request-deadline.ts';
import { isFault, refusal, violationOf } from './refusals.ts';

/** What a handler answers: the OK, and for some requests whole DATA frames (each may be reused once the next is asked for). */
export type Answer<Name extends RequestNameAt<Side>> = {
  readonly ok: OkOf<Name>;
  readonly data?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /**
   * Takes the connection once the OK is sent: it is answered no more. The client sends nothing between the request and its OK.
   */
  readonly handOver?: (channel: Channel) => void;
  /** Called instead of reading the data where the OK can't be sent any more. */
  readonly abandon?: () => void;
};

/** An OK whose payload was put together elsewhere: by the store of a server. */
export type EncodedAnswer = { readonly payload: Uint8Array };
type Reply<At extends Side, Name extends RequestNameAt<Side>> = Promise<
  Answer<Name> | (At extends 'server' ? EncodedAnswer : never)
>;

/**
 * One handler a request. A SwapmeetError becomes the KO; anything else is logged and becomes KO `internal`. The signal aborts
 * when nobody wants the answer any more: the connection has ended, or a CANCEL came.
 */
export type Handlers<At extends Side> = {
  readonly [Name in RequestNameAt<At>]: (request: RequestOf<Name>, signal: AbortSignal) => Reply<At, Name>;
};

export type RespondOptions<At extends Side> = {
  readonly at: At;
  readonly channel: Channel;
  readonly handlers: Handlers<At>;
  /** The state that the connection is in now: a request that it does not allow is refused before its handler sees it. */
  readonly state: () => ConnectionState;
  /** How long the connection may go without a whole request, in its present state. */
  readonly idleTimeoutMs: (state: ConnectionState) => number;
  readonly budget: ByteBudget;
  /** Told of faults of this side: bugs, disks. */
  readonly onFault: (error: unknown) => void;
};

/** The answering side of a connection. */
export type Responder = {
  /** Says why the session ends, then closes. */
  end(reason: SwapmeetError): void;
  /**
   * Sends an event between two frames; resolves when it is with the operating system. Who waits for that before the next one
   * spends the memory of one on a client that does not read. @throws SwapmeetError `disconnected`, `timeout`
   */
  push(type: number, payload: Uint8Array | string): Promise<void>;
  /** Resolves when the connection has ended, or was handed over, and no handler of it is running any more. */
  readonly closed: Promise<void>;
};

/** What a request that waits costs beside its payload. */
const EVENT_BYTES = 256;
/** A client whose requests are answered at once would otherwise keep the thread to itself. */
const TURN_MS = 2;

/**
 * Answers the requests of one connection one after the other, in their order. Reading stops while too many wait, so a client
 * that sends faster than it is answered only slows itself.
 */
export function respond<At extends Side>(options: RespondOptions<At>): Responder {
  const { at, channel, handlers, state } = options;
  const intake = createIntake(channel, options.budget, noteOwed);
  const decoder = createFrameDecoder((type) => requestCapBytes(at, type));
  const cancellation = createCancellation();
  const queue: (FrameEvent | undefined)[] = [];
  let unansweredBytes = 0;
  let wake: (() => void) | undefined;
  let open = true;
  let isHandedOver = false;
  const deadline = createRequestDeadline(
    () => options.idleTimeoutMs(state()),
    (timeoutMs) => {
      end(
        intake.isHeldBack() ? noRoom() : new SwapmeetError('timeout', `no whole request within ${timeoutMs / 1000} s`),
      );
    },
  );

  /** While there is no room for a large request, the client does not owe it. */
  function noteOwed(): void {
    deadline.owes(intake.isHeldBack() ? 0 : decoder.heldBytes());
  }

  function account(): void {
    intake.account(decoder.heldBytes() + unansweredBytes, state() === 'open');
  }

  function enqueue(event: FrameEvent | undefined): void {
    unansweredBytes += costOf(event);
    queue.push(event);
    intake.setFull(queue.length >= PIPELINED_REQUESTS_MAX);
    wake?.();
  }

  function onChunk(chunk: Buffer | undefined): void {
    // What still arrives until the other side has closed is for nobody, and no budget bounds it.
    if (!open) return;
    if (chunk === undefined) {
      enqueue(undefined);
      return;
    }
    deadline.arrived(chunk.length);
    for (const event of decoder.push(chunk)) {
      if (event.kind === 'message') cancellation.arrived({ isCancel: requestNameOf(event.type, at) === 'CANCEL' });
      enqueue(event);
    }
    account();
    noteOwed();
  }

  async function next(): Promise<FrameEvent | undefined> {
    while (queue.length === 0 && open) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const event = queue.shift();
    intake.setFull(queue.length >= PIPELINED_REQUESTS_MAX);
    return event;
  }

  async function answerAll(): Promise<void> {
    let turnBeganMs = performance.now();
    for (let event = await next(); event && open; event = await next()) {
      // While it is being answered the client owes nothing.
      deadline.suspend();
      if (event.kind === 'message') {
        await answer(event.type, event.payload);
        // Held until here: a list that waits to be stored takes its memory all the while.
        unansweredBytes -= costOf(event);
      } else {
        const { code, sentence } = violationOf(event);
        await channel.write(
          encodeFrame(
            koTypeOf(event.kind === 'violation' ? event.type : 0),
            encodeKo(new SwapmeetError(code, sentence)),
          ),
        );
        return;
      }
      account();
      deadline.restart();
      if (performance.now() - turnBeganMs < TURN_MS) continue;
      await nextTurn();
      turnBeganMs = performance.now();
    }
  }

  async function answer(type: number, payload: Buffer): Promise<void> {
    const name = requestNameOf(type, at) as RequestNameAt<At>;
    try {
      const reply = await handle(name, payload);
      const isEncoded = 'payload' in reply;
      if (isEncoded) await channel.write(encodeFrame(type + OK_OFFSET, reply.payload));
      if (isEncoded) return;
      // Before the OK goes out, since what the client sends after it is for somebody else.
      if (reply.handOver && !letGo()) return;
      await sendOk(name, reply);
      reply.handOver?.(channel);
      for await (const frame of reply.data ?? []) await channel.write(frame);
    } catch (error) {
      const known = toSwapmeetError(error);
      if (isFault(known.code)) options.onFault(error);
      await channel.write(encodeFrame(type + KO_OFFSET, encodeKo(known)));
    }
  }

  async function sendOk<Name extends RequestNameAt<At>>(name: Name, { ok, abandon }: Answer<Name>): Promise<void> {
    const { code, ok: codec } = messageOf(name);
    try {
      await channel.write(encodeFrame(code + OK_OFFSET, codec.encode(ok)));
    } catch (error) {
      abandon?.();
      throw error;
    }
  }

  async function handle<Name extends RequestNameAt<At>>(
    name: Name,
    payload: Buffer,
  ): Promise<Answer<Name> | EncodedAnswer> {
    const { states, request, cancellable } = messageOf(name);
    const signal = cancellation.begin({ cancellable });
    const now = state();
    if (!states.includes(now)) throw refusal(at, now);
    signal.throwIfAborted();
    return handlers[name](request.decode(payload), signal);
  }

  /** Stops answering without closing, so that somebody else can take the connection. False where the client sent too much. */
  function letGo(): boolean {
    if (queue.length > 0 || !decoder.isBetweenFrames()) {
      end(new SwapmeetError('bad-frame', 'nothing may be sent between this request and its OK'));
      return false;
    }
    open = false;
    isHandedOver = true;
    deadline.end();
    intake.leave();
    channel.handBack();
    return true;
  }

  function end(reason?: SwapmeetError): void {
    if (!open) return;
    open = false;
    intake.leave();
    cancellation.end();
    deadline.end();
    wake?.();
    if (reason) channel.write(encodeFrame(EVENTS.SESSION_ENDED.code, encodeKo(reason))).catch(() => undefined);
    channel.end();
  }

  async function push(type: number, payload: Uint8Array | string): Promise<void> {
    if (!open) throw new SwapmeetError('disconnected', 'the connection has ended');
    await channel.write(encodeFrame(type, payload));
  }

  async function run(): Promise<void> {
    try {
      await answerAll();
    } catch (error) {
      // Writing failed: the connection is gone. Everything else was answered.
      if (!(error instanceof SwapmeetError)) options.onFault(error);
    }
    end();
    if (!isHandedOver) await channel.closed;
    intake.release();
  }

  void channel.closed.then(() => {
    open = false;
    cancellation.end();
    deadline.end();
    wake?.();
  });
  deadline.restart();
  channel.receive(onChunk);
  return { end, push, closed: run() };
}

function noRoom(): SwapmeetError {
  return new SwapmeetError('busy', 'too many large requests at once; try again in a minute');
}

/** Says why a connection is not served, then closes it. */
export function refuse(channel: Channel, reason: SwapmeetError): Responder {
  // What arrives is read, for nobody: otherwise the other side's end would not be noticed.
  channel.receive(() => undefined);
  channel.write(encodeFrame(PROTOCOL_KO_TYPE, encodeKo(reason))).catch(() => undefined);
  channel.end();
  return {
    end: () => {
      channel.destroy();
    },
    push: () => Promise.reject(reason),
    closed: channel.closed,
  };
}

function costOf(event: FrameEvent | undefined): number {
  return EVENT_BYTES + (event?.kind === 'message' ? event.payload.length : 0);
}
