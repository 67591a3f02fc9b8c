import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import { startApiServer, type ApiServer } from '../../src/api/server.ts';
import { createFakePeerControl, type FakePeerControl } from './fake-peer-control.ts';
import { temporaryFolder, type Finished } from './processes.ts';

/** A running peer for the commands of one test file: its control is a fake, which is empty when a test begins. */
export type CliFixture = {
  readonly control: FakePeerControl;
  readonly folder: string;
  /** `--data DIR`, for commands that talk to it. */
  readonly data: readonly [string, string];
};

/** Starts the peer before the tests of the file and stops it after them. */
export function useCliFixture(): CliFixture {
  const control = createFakePeerControl();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: ApiServer;
  before(async () => {
    folder = await temporaryFolder('cli');
    server = await startApiServer({ control, dataFolder: folder.path });
  });
  beforeEach(() => {
    Object.assign(control, { contents: [], peers_: [], shares_: [], states: [], fault: undefined });
    control.entries.clear();
    control.folders.clear();
    control.requests.length = 0;
    control.downloads_.length = 0;
    control.changes.length = 0;
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });
  return {
    control,
    get folder() {
      return folder.path;
    },
    get data() {
      return ['--data', folder.path] as const;
    },
  };
}

export function assertFails({ code, stdout, stderr }: Finished, exitCode: number, errorCode: string): void {
  assert.equal(code, exitCode, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, new RegExp(`^swapmeet: .+ \\(${errorCode}\\)\n$`));
}
