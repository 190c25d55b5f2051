import { defineConfig } from 'vitest/config';
import { settings } from './test/setup/settings.js';

/** `npm run test:all`: also the long proofs, in files that end in .long.test.ts. */
export default defineConfig({ test: settings });
