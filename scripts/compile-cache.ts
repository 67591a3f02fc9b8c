/**
 * Imported before tests: their processes, and the threads and processes that these start, find what others have compiled.
 * To strip types is most of what the start of each takes.
 */
import module from 'node:module';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'node_modules', '.cache', 'node');
module.enableCompileCache(folder);
process.env['NODE_COMPILE_CACHE'] ??= folder;
