import { posix } from 'node:path';
import ts from 'typescript';

/** Paths from the project's root, `/`-separated, and the text of each file. */
export type Sources = ReadonlyMap<string, string>;

/** Which folders of src/ each folder may import, besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  protocol: ['domain'],
  runtime: [],
  storage: ['domain'],
  transport: ['protocol', 'domain'],
  catalog: ['storage', 'runtime', 'protocol', 'domain'],
  server: ['catalog', 'storage', 'runtime', 'transport', 'protocol', 'domain'],
  peer: ['storage', 'runtime', 'transport', 'protocol', 'domain'],
  api: ['peer', 'storage', 'transport', 'protocol', 'domain'],
  cli: ['api', 'peer', 'server', 'catalog', 'storage', 'transport', 'protocol', 'domain'],
};

/** The stores: only who puts the parts together chooses one. */
const STORES = ['src/catalog/sqlite/', 'src/catalog/postgres/'];
const CHOOSES_STORE = 'src/cli/';

/** Folders that do no I/O and read no clock, and the modules of Node that they may use all the same. */
const PURE_FOLDERS = ['src/domain/', 'src/protocol/'];
const PURE_MODULES = ['node:crypto', 'node:buffer'];
const IMPURE = new Set([
  ...['Date.now', 'new Date', 'performance', 'Math.random', 'process', 'fetch'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['randomBytes', 'randomUUID', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues', 'webcrypto'],
]);

export function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

/** By text of a file: what its imports name. Every rule asks for them, and they take long to find. */
const knownNames = new Map<string, readonly string[]>();

function namesImported(source: string): readonly string[] {
  const known = knownNames.get(source);
  if (known) return known;
  const names = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  knownNames.set(source, names);
  return names;
}

/** Everything that a file imports, types and dynamic imports too: module names, and for our own files their paths. */
export function importsOf(file: string, source: string): string[] {
  return namesImported(source).map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name));
}

function folderOf(file: string): string {
  return file.split('/')[1] ?? '';
}

function describeImport(file: string, imported: string): string {
  return `${file} imports ${imported}`;
}

/** Imports that go against the direction of the folders. Tests may look anywhere. */
export function misdirected(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    if (isTest(file)) continue;
    const allowed = MAY_IMPORT[folderOf(file)];
    if (!allowed) found.push(`${file} lies in a folder that has no place in the architecture`);
    for (const imported of importsOf(file, source)) {
      const outside = imported.startsWith('src/') && folderOf(imported) !== folderOf(file);
      if (outside && !allowed?.includes(folderOf(imported))) found.push(describeImport(file, imported));
    }
  }
  return found;
}

/** Imports of a particular store by others than the place that chooses one. */
export function storeChoices(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    if (isTest(file) || file.startsWith(CHOOSES_STORE)) continue;
    for (const imported of importsOf(file, source)) {
      const store = STORES.find((folder) => imported.startsWith(folder));
      if (store !== undefined && !file.startsWith(store)) found.push(describeImport(file, imported));
    }
  }
  return found;
}

/** What pure folders must not do: import anything but each other and hashing, read a clock, draw lots, wait. */
export function impurities(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    if (isTest(file) || !PURE_FOLDERS.some((folder) => file.startsWith(folder))) continue;
    for (const imported of importsOf(file, source)) {
      if (!imported.startsWith('src/') && !PURE_MODULES.includes(imported)) found.push(describeImport(file, imported));
    }
    found.push(...impureNames(file, source).map((name) => `${file} uses ${name}`));
  }
  return found;
}

function impureNames(file: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = nameOf(node);
    if (name !== undefined && IMPURE.has(name)) found.push(name);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return found;
}

/** `Date.now`, `new Date` or the bare name, as `IMPURE` lists them. */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.getText();
  if (ts.isNewExpression(node)) return `new ${node.expression.getText()}`;
  if (!ts.isIdentifier(node)) return undefined;
  // The name of a member or a declaration is not a use; that of an import is where a use begins.
  const { parent } = node;
  const isOwnName = 'name' in parent && parent.name === node && !ts.isImportSpecifier(parent);
  return isOwnName ? undefined : node.text;
}

/** One line for each import cycle that is found, with the files on it. */
export function importCycles(sources: Sources): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at !== -1) found.push([...trail.slice(at), file].join(' → '));
    if (at !== -1 || done.has(file)) return;
    for (const imported of importsOf(file, sources.get(file) ?? '')) {
      if (sources.has(imported)) visit(imported, [...trail, file]);
    }
    done.add(file);
  };
  for (const file of sources.keys()) visit(file, []);
  return found;
}

/** Files with more lines than a reader should have to keep in mind. */
export function tooLong(sources: Sources, linesMax: number): string[] {
  return Array.from(sources, ([file, source]) => ({ file, lines: source.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > linesMax)
    .map(({ file, lines }) => `${file} has ${lines} lines`);
}
