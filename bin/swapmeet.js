#!/usr/bin/env node
// A checkout runs its TypeScript as it is; a published package carries dist/.
import { existsSync } from 'node:fs';
import module from 'node:module';
import v8 from 'node:v8';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`swapmeet needs Node.js 22.18 or newer; this is ${process.version}. Get one from https://nodejs.org/.`);
  process.exit(1);
}

// Compiled once; threads find it through the environment. Type stripping alone takes each of them 15 MB.
module.enableCompileCache?.();
const cacheFolder = module.getCompileCacheDir?.();
if (cacheFolder) process.env.NODE_COMPILE_CACHE ??= cacheFolder;

// V8 would let the space for short-lived objects grow to over 100 MB rather than collect it more often.
v8.setFlagsFromString('--semi-space-growth-factor=1');

const source = new URL('../src/cli/main.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli/main.js', import.meta.url).href);
