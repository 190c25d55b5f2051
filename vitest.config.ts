import { defineConfig } from 'vitest/config';
import { settings } from './test/setup/settings.js';

/** `npm test`: every operation, kernel, command and method once. */
export default defineConfig({
  test: {
    ...settings,
    exclude: ['test/**/*.long.test.ts'],
    globalSetup: [...settings.globalSetup, 'test/setup/tellLong.ts'],
  },
});
