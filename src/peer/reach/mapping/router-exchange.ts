import { createSocket, type Socket } from 'node:dgram';
import { SwapmeetError } from '../../../domain/errors.ts';

/** Where a router listens for NAT-PMP and PCP. [RFC 6886 §1.1, RFC 6887 §19] */
export const ROUTER_PORT = 5351;

/** When the request is sent again, ms after the one before: a router that is there answers the first. [RFC 6886 §3.1] */
const RESEND_AFTER_MS = [250, 500, 1_000];
const LAST_WAIT_MS = 250;

export type RouterAddress = { readonly host: string; readonly port: number };

/** A request in one protocol, and what is a reply to it. */
export type RouterQuestion = {
  /** @param ownAddress from which it is sent, IPv4 */
  readonly encode: (ownAddress: string) => Buffer;
  readonly isReply: (datagram: Buffer) => boolean;
};

/**
 * The first reply of a router; what comes from anybody else is not looked at.
 *
 * @throws SwapmeetError `unreachable` where nobody answers in 2 s
 */
export async function askRouter(
  router: RouterAddress,
  { encode, isReply }: RouterQuestion,
  signal: AbortSignal,
): Promise<Buffer> {
  const socket = createSocket('udp4');
  try {
    await connect(socket, router);
    return await exchange(socket, encode(socket.address().address), isReply, signal);
  } finally {
    socket.close();
  }
}

/** From then on only what comes from there is received. */
function connect(socket: Socket, { host, port }: RouterAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      reject(new SwapmeetError('unreachable', `the router can't be asked: ${cause.message}`, { cause }));
    };
    socket.once('error', fail);
    // Its types don't say that it is told of a network that is out of reach, in place of the event.
    socket.connect(port, host, (error?: Error) => {
      if (error) fail(error);
      else resolve();
    });
  });
}

function exchange(
  socket: Socket,
  request: Buffer,
  isReply: RouterQuestion['isReply'],
  signal: AbortSignal,
): Promise<Buffer> {
  const answered = Promise.withResolvers<Buffer>();
  const fail = (): void => {
    answered.reject(new SwapmeetError('unreachable', 'no router answers by PCP or NAT-PMP'));
  };
  const send = (): void => {
    socket.send(request);
  };
  const timers: NodeJS.Timeout[] = [];
  let atMs = 0;
  for (const afterMs of RESEND_AFTER_MS) timers.push(setTimeout(send, (atMs += afterMs)));
  timers.push(setTimeout(fail, atMs + LAST_WAIT_MS));
  // Nobody listens at that port of the router: it need not be asked again.
  socket.on('error', fail);
  socket.on('message', (datagram) => {
    if (isReply(datagram)) answered.resolve(datagram);
  });
  signal.addEventListener('abort', fail, { once: true });
  if (signal.aborted) fail();
  else send();
  return answered.promise.finally(() => {
    signal.removeEventListener('abort', fail);
    for (const timer of timers) clearTimeout(timer);
  });
}
