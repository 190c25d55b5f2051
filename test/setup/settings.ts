import { fileURLToPath } from 'node:url';
import { HANG_MS } from './hang.js';

const source = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What `npm test` and `npm run test:all` have in common. */
export const settings = {
  // The examples of the docs import the package by its name; here that is the source.
  alias: [
    { find: /^nastransfer$/, replacement: source('src/index.ts') },
    { find: /^nastransfer\/(engine|nas)$/, replacement: source('src/$1/index.ts') },
    { find: /^nastransfer\/node$/, replacement: source('runner/library.ts') },
  ],
  include: ['test/**/*.test.ts'],
  globalSetup: ['test/setup/embedShaders.ts'],
  // Files share the one (software) device's cores: more workers than two only make each test slower.
  maxWorkers: 2,
  testTimeout: HANG_MS,
  hookTimeout: HANG_MS,
};
