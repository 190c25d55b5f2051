// Makes the pages of the programming interface in api/. TypeDoc and the TypeScript that it needs are installed here the first time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const typedoc = fileURLToPath(new URL('node_modules/typedoc/bin/typedoc', import.meta.url));

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(typedoc)) run('npm', ['ci', '--ignore-scripts'], { shell: process.platform === 'win32' });
run(process.execPath, [typedoc, '--options', 'typedoc.json']);
