import { chromiumPackage } from '../../../src/engine/device/node/swiftshader.js';

/** Why the bundled SwiftShader and Chromium can't run here, and how to have them where that is possible; undefined if they can. */
export const noBundle: string | undefined = (() => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the bundled SwiftShader and Chromium are for x86-64 Linux, this is ${process.arch} ${process.platform}; run the tests on such a machine`;
  try {
    chromiumPackage();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();
