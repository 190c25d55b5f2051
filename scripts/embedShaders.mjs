// Writes src/engine/kernels/shaderSources.ts: every file of shaders/ as a string by its path without ".wgsl", so that
// the same code finds its kernels in Node and, bundled, in a browser.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'shaders');
const target = join(root, 'src/engine/kernels/shaderSources.ts');

export function embedShaders() {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.wgsl'))
    .sort();
  const entries = files.map((name) => {
    const key = relative(folder, join(folder, name)).replaceAll('\\', '/').slice(0, -'.wgsl'.length);
    return `  ${JSON.stringify(key)}: ${JSON.stringify(readFileSync(join(folder, name), 'utf8'))},`;
  });
  const text = `// Made from shaders/ by scripts/embedShaders.mjs.\nexport const shaderSources: Record<string, string> = {\n${entries.join('\n')}\n};\n`;
  let old = '';
  try {
    old = readFileSync(target, 'utf8');
  } catch {}
  if (old === text) return;
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) embedShaders();
