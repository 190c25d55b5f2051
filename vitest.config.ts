import { defineConfig } from 'vitest/config';
import { HANG_MS } from './test/setup/hang.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/embedShaders.ts'],
    // Files share the one (software) device's cores: more workers than two only make each test slower.
    maxWorkers: 2,
    testTimeout: HANG_MS,
    hookTimeout: HANG_MS,
  },
});
