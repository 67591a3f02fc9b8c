import { parseArgs } from 'node:util';

/**
 * `npm run bench -- NAME [--runs N] [--size BYTES] [--json]`: measures ours and what a user would run instead, side by side in one
 * run. The figures in docs/BENCHMARKS.md come from here.
 *
 * `swarm` also takes `[--swarmBytes BYTES] [--figures four,liar,many] [--rivals none]`.
 * `search` also takes `[--corpus FILE] [--queries FILE] [--entries N | --sizes N,N] [--data DIR] [--watches N] [--plot FILE]` and
 * `[--figures publish,search,rate,store,restart,busy,delta,watches,plocate,fts5,postgres]`. With `--data` what was published stays,
 * and a later run measures it again.
 */
type BenchOptions = { readonly runs: number; readonly sizeBytes: number; readonly json: boolean };

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<unknown>>> = {
  hashing: async (options) => (await import('./hashing.ts')).runHashingBench(options),
  download: async (options) => (await import('./download.ts')).runDownloadBench(options),
  uploads: async (options) => (await import('./uploads.ts')).runUploadsBench(options),
  folder: async (options) => (await import('./folder.ts')).runFolderBench(options),
  swarm: async ({ runs, json }) => {
    const { swarmBytes, figures, rivals } = values;
    const sizeBytes = Number(swarmBytes);
    const withRivals = rivals !== 'none';
    const bench = await import('./swarm.ts');
    await bench.runSwarmBench({ runs, sizeBytes, figures: figures?.split(','), withRivals, json });
  },
  search: async ({ runs, json }) => {
    const { corpus, queries, data, plot } = values;
    const sizes = (values.sizes ?? values.entries).split(',').map(Number);
    const figures = values.figures?.split(',');
    const watches = Number(values.watches);
    const bench = await import('./search.ts');
    await bench.runSearchBench({ corpus, queries, sizes, data, figures, watches, runs, plot, json });
  },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    size: { type: 'string', default: String(2 * 1024 ** 3) },
    json: { type: 'boolean', default: false },
    corpus: { type: 'string' },
    queries: { type: 'string' },
    entries: { type: 'string', default: '100000' },
    sizes: { type: 'string' },
    rivals: { type: 'string' },
    data: { type: 'string' },
    watches: { type: 'string', default: '10000' },
    plot: { type: 'string' },
    swarmBytes: { type: 'string', default: '256000000' },
    figures: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
const options = { runs: Number(values.runs), sizeBytes: Number(values.size), json: values.json };
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length === 0 || positionals.includes(name)) await bench(options);
}
