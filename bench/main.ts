import { parseArgs } from 'node:util';

/**
 * `npm run bench -- NAME [--runs N] [--size BYTES] [--json]`: measures ours and what a user would run instead, side by side in one
 * run. The figures in docs/BENCHMARKS.md come from here.
 */
type BenchOptions = { readonly runs: number; readonly sizeBytes: number; readonly json: boolean };

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<unknown>>> = {
  hashing: async (options) => (await import('./hashing.ts')).runHashingBench(options),
  download: async (options) => (await import('./download.ts')).runDownloadBench(options),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    size: { type: 'string', default: String(2 * 1024 ** 3) },
    json: { type: 'boolean', default: false },
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
