import { ASKERS, type Field } from '../field.ts';
import { milliseconds, type Row } from '../report.ts';

export type RestartFigure = {
  readonly stopMs: number;
  readonly readyMs: number;
  readonly firstAnswerMs: number;
};

/**
 * How long a server is away: from the moment that its process is started on the full catalog to its `ready`, and to the reply to a
 * first FIND, dialling and RESUME included. `stopMs` is how long the one before took to end.
 */
export async function measureRestart(field: Field): Promise<RestartFigure> {
  const stopMs = await timed(() => field.server.stop());
  const readyMs = await timed(() => field.server.startAgain());
  const answerMs = await timed(async () => {
    await field.askers.do('connect', field.address(), ASKERS.slice(0, 1));
    await field.askers.do('ask', field.queries.slice(0, 1), 'all');
  });
  await field.comeBack();
  return { stopMs, readyMs, firstAnswerMs: readyMs + answerMs };
}

export function reportRestart({ stopMs, readyMs, firstAnswerMs }: RestartFigure): readonly Row[] {
  return [
    ['restart: ready', milliseconds(readyMs), `after ${milliseconds(stopMs)} for the stop`],
    ['restart: first answer', milliseconds(firstAnswerMs)],
  ];
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await act();
  return performance.now() - startMs;
}
