import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after } from 'node:test';
import { scale } from '../figures.js';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, ask, close, mapDrawn, open } from './browser.mjs';

after(close);

/** @param {string} name */
const style = async (name) => JSON.parse(await readFile(new URL(`../../styles/${name}.json`, import.meta.url), 'utf8'));
/** @param {string} hex */
const bytes = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
/** @param {any} of */
const colours = (of) => scale(of).classes.map((c) => bytes(c.color));
/** @param {any} of */
const ground = (of) => bytes(of.layers[0].paint['background-color']);
const A4 = { upright: { width: 718, height: 1047 }, wide: { width: 1047, height: 718 } };

/** Printing opens no window, but is counted. @param {import('playwright-core').Page} page */
const counted = (page) => page.addInitScript(() => Object.assign(window, { printed: 0, print: () => { /** @type {any} */ (window).printed += 1; } }));

/** @param {import('playwright-core').Page} page */
const sheetsDrawn = (page) => page.waitForFunction(() => /** @type {any} */ (window).printed === 1, null, { timeout: 120_000 });

/** Each swatch of a legend, as bytes. @param {import('playwright-core').Page} page @param {string} where */
const swatches = (page, where) => page.$$eval(`${where} .classes .class i`, (all) => all.map((i) => {
  const said = getComputedStyle(i).backgroundColor;
  return (said.match(/[\d.]+/g) ?? []).slice(0, 3).map((n) => Math.round(Number(n) * (said.startsWith('color(') ? 255 : 1)));
}));

/** Which share of a sheet's map has this colour, give or take what the drawing rounds. @param {import('playwright-core').Page} page @param {string} lie @param {number[]} colour */
const share = (page, lie, colour) => page.$eval(`.sheet.${lie} canvas`, (canvas, [r, g, b]) => {
  const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
  const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext('2d')).getImageData(0, 0, width, height);
  let n = 0;
  for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - r) < 3 && Math.abs(data[i + 1] - g) < 3 && Math.abs(data[i + 2] - b) < 3) n += 1;
  return n / (width * height);
}, colour);

/** What can be seen, as the names of sheets, and whatever else there is. @param {import('playwright-core').Page} page */
const seen = (page) => page.$$eval('body *', (all) => [...new Set(all.filter((e) => e.checkVisibility({ visibilityProperty: true })).map((e) => e.closest('.sheet')?.className ?? (e.id || e.tagName)))]);

test('the button prints by the print style, the screen keeps its own, and afterwards no sheet is left', async () => {
  const [print, dark] = [await style('print'), await style('dark')];
  const { page, errors, done } = await open('#campaign=all&lang=en&theme=dark', { prepare: counted });
  await mapDrawn(page);
  const before = { hash: await page.evaluate(() => location.hash), legend: await swatches(page, '#legend') };
  assert.equal((await page.textContent('#print'))?.trim(), en.print);
  await page.focus('#print');
  await page.keyboard.press('Enter');
  await sheetsDrawn(page);
  for (const lie of /** @type {const} */ (['upright', 'wide'])) {
    assert.deepEqual(await swatches(page, `.sheet.${lie}`), colours(print), lie);
    assert.ok((await share(page, lie, ground(print))) > 0.2, `${lie}: white ground`);
    assert.ok((await share(page, lie, ground(dark))) < 0.01, `${lie}: no dark ground`);
    const drawn = await Promise.all(colours(print).map((colour) => share(page, lie, colour)));
    assert.ok(drawn.reduce((sum, n) => sum + n) > 0.05, `${lie}: ${drawn}`);
  }
  assert.deepEqual({ hash: await page.evaluate(() => location.hash), legend: await swatches(page, '#legend') }, before);
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.locator('.sheet').count(), 0);
  assert.deepEqual(errors, []);
  await done();
});

test('paper shows one sheet, the one that lies as it does, and nothing of the screen', async () => {
  const info = await ask('/api/info');
  const { campaigns } = await ask('/api/campaigns');
  const { page, done } = await open(`#campaign=${campaigns[0].id}&lang=zh&theme=light&token=${ADMIN}`, { prepare: counted });
  await mapDrawn(page);
  assert.equal((await page.textContent('#print'))?.trim(), zh.print);
  await page.keyboard.press('Control+p');
  await sheetsDrawn(page);
  await page.emulateMedia({ media: 'print' });
  for (const [lie, paper] of Object.entries(A4)) {
    await page.setViewportSize(paper);
    assert.deepEqual(await seen(page), [`sheet ${lie}`]);
    const sheet = page.locator(`.sheet.${lie}`);
    const text = await sheet.innerText();
    for (const said of [info.name, campaigns[0].name, zh.sample, zh['legend.title'], zh['as.of'].replace(/ .*/, ''), ...info.attribution]) assert.ok(text.includes(said), said);
    assert.equal(await sheet.locator('button, input, select, a').count(), 0);
    const [map, whole] = [await sheet.locator('canvas').boundingBox(), await sheet.boundingBox()];
    assert.ok(map && whole && (map.width * map.height) / (paper.width * paper.height) > 0.7, 'the map fills the sheet');
    assert.ok(whole.width <= paper.width && whole.height <= paper.height, JSON.stringify(whole));
  }
  await done();
});

test('close by, the sheet explains its dots to who may see them', async () => {
  const print = await style('print');
  const { page, done } = await open(`#campaign=all&lang=en&theme=light&map=16.20/47.14000/9.52150&token=${ADMIN}`, { prepare: counted });
  await mapDrawn(page);
  await page.click('#print');
  await sheetsDrawn(page);
  for (const id of ['unvisited', 'visited']) {
    const { 'circle-color': colour } = print.layers.find((/** @type {any} */ l) => l.id === `households-${id}`).paint;
    assert.equal(await page.$eval(`.sheet.wide .dot.${id}`, (dot) => getComputedStyle(dot).backgroundColor), `rgb(${bytes(colour).join(', ')})`);
    assert.ok((await share(page, 'wide', bytes(colour))) > 0.0001, id);
  }
  await done();
});

test('printed from the menu, the sheet shows the map as it stands with its own legend, on one page', async () => {
  const { page, done } = await open();
  await mapDrawn(page);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  for (const lie of Object.keys(A4)) {
    const legend = await swatches(page, `.sheet.${lie}`);
    assert.deepEqual(legend, await swatches(page, '#legend'), lie);
    const drawn = await Promise.all(legend.map((colour) => share(page, lie, colour)));
    assert.ok(drawn.reduce((sum, n) => sum + n) > 0.05, `${lie}: ${drawn}`);
  }
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  for (const paper of [{ format: 'A4' }, { format: 'A4', landscape: true }, { format: 'Letter' }, { format: 'Letter', landscape: true }]) {
    const pdf = (await page.pdf(paper)).toString('latin1');
    assert.equal(pdf.match(/\/Type ?\/Page\b/g)?.length, 1, JSON.stringify(paper));
    assert.match(pdf, /\/Subtype ?\/Image/, JSON.stringify(paper));
  }
  assert.equal(await page.locator('.sheet').count(), 0);
  await done();
});

test('a print style that does not come is said, nothing is printed, and the button still works', async () => {
  const { page, done } = await open('#campaign=all&lang=en&theme=light', { prepare: counted });
  await mapDrawn(page);
  await page.route('**/styles/print.json', (route) => route.fulfill({ status: 503, body: 'no' }));
  await page.click('#print');
  await page.waitForSelector('#notice:not([hidden])');
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).printed), 0);
  assert.equal(await page.locator('.sheet').count(), 0);
  await page.unroute('**/styles/print.json');
  await page.click('#print');
  await sheetsDrawn(page);
  await done();
});
