import { randomFillSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { followJson, run, start, temporaryFolder, type Running } from '../test/support/processes.ts';

/**
 * The main job, for real: a server and three peers as processes, real files, real sockets. Every line that follows a `$` is
 * a command as a person would type it, with what it printed.
 */
const BIG_BYTES = 256 * 1024 * 1024;
const KILL_AT = 0.1;
const PROMPT = styleText('bold', '$');

function tell(text: string): void {
  console.log(`\n${styleText('cyan', text)}`);
}

/** Prints a command as a person would type it. */
function showTyped(args: readonly string[]): void {
  const shown = args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  console.log(`${PROMPT} swapmeet ${shown}`);
}

async function show(...args: string[]): Promise<string> {
  showTyped(args);
  const { code, stdout, stderr } = await run(args);
  process.stdout.write(stdout);
  if (code !== 0) throw new Error(`that failed:\n${stderr}`);
  return stdout;
}

async function makeFiles(root: string): Promise<void> {
  const ada = join(root, 'ada', 'recordings');
  const bob = join(root, 'bob', 'papers');
  await Promise.all(
    [ada, join(bob, '2025'), join(root, 'carol', 'photos')].map((folder) => mkdir(folder, { recursive: true })),
  );
  const big = randomFillSync(Buffer.allocUnsafe(BIG_BYTES));
  await Promise.all([
    writeFile(join(ada, 'Concert at the lake, 4K.mkv'), big),
    writeFile(join(ada, 'notes.txt'), 'Microphones: two in front, one at the back.\n'),
    writeFile(join(bob, '2025', 'Concert hall acoustics.pdf'), randomFillSync(Buffer.allocUnsafe(2_345_678))),
    writeFile(join(bob, 'Übersicht.md'), '# Papers\n'),
    writeFile(join(root, 'carol', 'photos', 'lake.jpg'), randomFillSync(Buffer.allocUnsafe(1_234_567))),
  ]);
}

function peerArgs(root: string, name: string, link: string, share: string): string[] {
  const folder = join(root, name);
  return [
    ...['peer', '--data', join(folder, 'data'), '--join', link, '--name', name],
    ...['--share', join(folder, share), '--downloads', join(folder, 'downloads'), '--listen', '127.0.0.1:0'],
  ];
}

type Progress = { readonly state: string; readonly verifiedBytes: number; readonly sizeBytes: number };

/** Downloads with `--json`, kills the source on the way, and starts it again; returns when the file is whole. */
async function getAndKillSource(args: string[], source: Running, restart: () => Promise<Running>): Promise<Running> {
  showTyped(args);
  const download = followJson<Progress>(args);
  let back: Promise<Running> | undefined;
  let killed = false;
  for await (const { state, verifiedBytes, sizeBytes } of download.rows) {
    const percent = Math.floor((100 * verifiedBytes) / sizeBytes);
    console.log(`  ${state.padEnd(12)} ${String(percent).padStart(3)} % verified`);
    if (!killed && verifiedBytes >= KILL_AT * sizeBytes && state === 'downloading') {
      killed = true;
      await source.kill();
      console.log(`  ${styleText('red', 'kill -9')} of ada’s peer`);
    }
    if (killed && state === 'waiting' && !back) {
      console.log('  ada’s peer is started again, with --data alone');
      back = restart();
    }
  }
  if ((await download.code) !== 0) throw new Error('the download failed');
  if (!back) throw new Error('the source was not killed in time: the file arrived too fast');
  return back;
}

/** Starts a server or a peer, and keeps it to be stopped at the end. */
type Start = (args: readonly string[]) => Promise<Running>;

async function tellStory(root: string, start: Start): Promise<void> {
  tell('An indexing server. It knows who is online and what everybody shares, and never sees a file.');
  const server = await start(['server', '--data', join(root, 'server'), '--listen', '127.0.0.1:0']);
  console.log(`${PROMPT} swapmeet server\nready ${server.ready}`);

  tell('Three peers join with that link: each registers, logs in, hashes its share and publishes the list.');
  const shares = { ada: 'recordings', bob: 'papers', carol: 'photos' };
  const [ada] = await Promise.all(
    Object.entries(shares).map(([name, share]) => start(peerArgs(root, name, server.ready, share))),
  );
  if (!ada) throw new Error('ada did not start');
  const carol = ['--data', join(root, 'carol', 'data')];

  tell('Carol looks around: who is there, what does Bob share, who has something from the concert?');
  await show('peers', ...carol);
  await show('browse', 'bob', ...carol);
  await show('search', 'concert', ...carol);

  tell('She gets the recording from Ada’s machine. On the way, Ada’s machine dies.');
  const path = 'recordings/Concert at the lake, 4K.mkv';
  const adaAgain = () => start(['peer', '--data', join(root, 'ada', 'data')]);
  const back = await getAndKillSource(['get', `ada:${path}`, ...carol], ada, adaAgain);

  tell('Whole, and verified against the Merkle root on arrival. To be sure, once more by hand:');
  const original = await show('hash', join(root, 'ada', path));
  const copy = await show('hash', join(root, 'carol', 'downloads', 'Concert at the lake, 4K.mkv'));
  if (!sameHashes(original, copy)) throw new Error('the copy differs from the original');

  tell('Ada stops her peer, which logs out.');
  await back.stop();
  await show('peers', '--all', ...carol);
}

function sameHashes(one: string, other: string): boolean {
  const hashesOf = (text: string): string[] => text.match(/\b[0-9a-f]{40,64}\b/g) ?? [];
  return hashesOf(one).length === 2 && hashesOf(one).join() === hashesOf(other).join();
}

type Processes = {
  readonly start: Start;
  /** Stops them all, those that are still starting, too; none can be started any more. */
  readonly stop: () => Promise<void>;
};

function createProcesses(): Processes {
  const started: Promise<Running>[] = [];
  let ended = false;
  return {
    start: async (args) => {
      if (ended) throw new Error('the demo is over');
      const starting = start(args);
      started.push(starting);
      return starting;
    },
    stop: async () => {
      ended = true;
      await Promise.allSettled(started.map(async (starting) => (await starting).stop()));
    },
  };
}

const EXIT_INTERRUPTED = 130;

/** Resolves when the demo is asked to stop. Asked again, it goes on tidying up. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        resolve('interrupted');
      });
    }
  });
}

async function main(): Promise<void> {
  const startMs = performance.now();
  const interrupted = interruption();
  const folder = await temporaryFolder('demo');
  const processes = createProcesses();
  try {
    const files = makeFiles(folder.path);
    const story = files.then(() => tellStory(folder.path, processes.start));
    if ((await Promise.race([story, interrupted])) === 'interrupted') {
      tell('Interrupted: the processes are stopped and the files removed.');
      process.exitCode = EXIT_INTERRUPTED;
      await files;
    } else tell(`Done in ${((performance.now() - startMs) / 1000).toFixed(1)} s.`);
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  await processes.stop();
  await folder.remove();
  // Of a story that was interrupted something may still wait.
  process.exit();
}

await main();
