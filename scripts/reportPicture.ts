// Takes a picture of the top of a report, as on a light page 1000 pixels wide:
//   npx tsx scripts/reportPicture.ts runs/NAME/report.html [docs/images/report.png]
// It needs an x86-64 Linux, for which the bundled Chromium is.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from '../test/browser/chromium.js';
import { noBundle } from '../test/engine/device/bundle.js';

const WIDTH = 1000;
const HEIGHT = 620;

const [report, picture = 'docs/images/report.png'] = process.argv.slice(2);
if (report === undefined || !existsSync(report)) {
  console.error(
    `reportPicture: report: got ${report ?? 'none'}, wanted the path of a report.html; npx nastransfer study writes one`,
  );
  process.exit(2);
}
if (noBundle !== undefined) {
  console.error(`reportPicture: ${noBundle}; run it on such a machine`);
  process.exit(1);
}
const browser = await launchChromium();
try {
  // Two pixels for each, so that letters stay sharp where the picture is enlarged.
  const page = await browser.newPage({
    viewport: { width: WIDTH, height: HEIGHT },
    colorScheme: 'light',
    deviceScaleFactor: 2,
  });
  await page.goto(pathToFileURL(resolve(report)).href);
  mkdirSync(dirname(picture), { recursive: true });
  await page.screenshot({ path: picture });
  console.log(picture);
} finally {
  await browser.close();
}
