import { HANG_MS } from './hang.js';

/** What `npm test` and `npm run test:all` have in common. */
export const settings = {
  include: ['test/**/*.test.ts'],
  globalSetup: ['test/setup/embedShaders.ts'],
  // Files share the one (software) device's cores: more workers than two only make each test slower.
  maxWorkers: 2,
  testTimeout: HANG_MS,
  hookTimeout: HANG_MS,
};
