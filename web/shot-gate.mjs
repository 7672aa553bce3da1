import { chromium } from 'playwright-core';
import { readFileSync } from 'node:fs';
const { url, tokens } = JSON.parse(readFileSync('/tmp/gate-demo/demo.json', 'utf8'));
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'] });
const shots = process.argv.slice(2);
const all = {
  wide: ['#lang=en&theme=light', 1440, 900],
  phone: ['#lang=en&theme=light', 360, 740],
  dark: ['#lang=en&theme=dark&area=7001', 1440, 900],
  zh: ['#lang=zh&theme=light&area=7002', 1100, 900],
  admin: [`#lang=en&theme=light&token=${tokens.admin}`, 1440, 1300],
  adminzh: [`#lang=zh&theme=dark&token=${tokens.analyst}`, 360, 740],
};
for (const name of shots.length ? shots : Object.keys(all)) {
  const [hash, width, height] = all[name];
  const p = await (await b.newContext({ reducedMotion: 'reduce', locale: 'en-GB' })).newPage();
  p.on('console', (m) => m.type() === 'error' && console.log(name, m.text()));
  p.on('pageerror', (e) => console.log(name, String(e)));
  await p.setViewportSize({ width, height });
  await p.goto(url + '/' + hash);
  await p.waitForSelector('[data-figure]', { timeout: 30000 });
  if (name.startsWith('admin')) {
    await p.click('[data-key="publish-head"]');
    await p.click('[data-key="publish-look"]');
    await p.waitForSelector('[data-figure="preview"]', { timeout: 20000 });
    await p.$eval('.publish', (e) => e.scrollIntoView({ block: 'end' }));
  }
  await p.waitForSelector('#map[aria-busy="false"]', { timeout: 60000 }).catch(() => console.log('map busy'));
  await p.screenshot({ path: `/tmp/gate-shots/${name}.png` });
  await p.context().close();
}
await b.close();
