import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureBuilt, root } from './built.js';

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

export const packageJson: PackageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * A new project that has the package as after `npm install`: packed and unpacked again, beside the packages that
 * it depends on and no others; without `optional`, as `npm install --omit=optional` would. @returns the project's folder
 */
export async function installedProject({ optional = true } = {}): Promise<string> {
  await ensureBuilt();
  const project = mkdtempSync(join(tmpdir(), 'nastransfer-project-'));
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], {
    cwd: root,
    stdio: 'ignore',
    shell: process.platform === 'win32',
  });
  const archive = readdirSync(project).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error(`npm pack left no archive in ${project}`);
  execFileSync('tar', ['-xzf', archive], { cwd: project });
  renameSync(join(project, 'package'), join(modules, 'nastransfer'));
  const { dependencies, optionalDependencies } = packageJson;
  for (const name of Object.keys({ ...dependencies, ...(optional ? optionalDependencies : {}) })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  return project;
}
