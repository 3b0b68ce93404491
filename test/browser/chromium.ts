import { existsSync } from 'node:fs';
import bundled from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=en-US',
];

/** The first of these that starts: CHROMIUM_PATH, the one inside the npm package, the system's. Undefined: none does. */
export async function launchChromium(): Promise<Browser | undefined> {
  const named = process.env['CHROMIUM_PATH'];
  const ways =
    named === undefined ? [launchBundled, () => launchInstalled('/usr/bin/chromium')] : [() => launchInstalled(named)];
  for (const launch of ways) {
    try {
      return await launch();
    } catch (cause) {
      console.warn(`A Chromium did not start: ${String(cause).split('\n')[0]}`);
    }
  }
  return undefined;
}

/** Without the flags that it proposes: in a single process, the first page that is closed takes the browser with it. */
async function launchBundled(): Promise<Browser> {
  return await launchInstalled(await bundled.executablePath());
}

async function launchInstalled(executablePath: string): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`there is no ${executablePath}`);
  return await chromium.launch({ executablePath, args: QUIET });
}
