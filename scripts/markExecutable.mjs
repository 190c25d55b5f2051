// The compiler writes files without execute permission, which `npx nastransfer` in this checkout needs of the program.
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

chmodSync(join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist/runner/cli.js'), 0o755);
