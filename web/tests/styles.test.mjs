import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { countClasses, scale } from '../figures.js';

/** @param {string} path  from web/ */
const text = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
const light = JSON.parse(await text('../styles/light.json'));
const dark = JSON.parse(await text('../styles/dark.json'));
const print = JSON.parse(await text('../styles/print.json'));

/** Relative luminance by WCAG 2. @param {string} hex */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** @param {string} a @param {string} b */
const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

for (const [name, style] of Object.entries({ light, dark, print })) {
  test(`the ${name} style is valid by the style specification`, () => {
    assert.deepEqual(validateStyleMin(style).map((e) => e.message), []);
  });

  test(`the ${name} style names no outside address`, () => {
    assert.doesNotMatch(JSON.stringify(style), /https?:|\/\//);
  });

  test(`the ${name} scale is one row of lightness, so it reads without seeing hue`, () => {
    const { classes } = scale(style);
    assert.equal(classes.length, 5);
    assert.deepEqual(classes.map((c) => [c.from, c.to]), [[0, 0.2], [0.2, 0.4], [0.4, 0.6], [0.6, 0.8], [0.8, 1]]);
    const steps = classes.map((c) => luminance(c.color));
    const order = Math.sign(steps[4] - steps[0]);
    for (let i = 1; i < steps.length; i += 1) {
      assert.equal(Math.sign(steps[i] - steps[i - 1]), order, `class ${i}`);
      assert.ok(contrast(classes[i].color, classes[i - 1].color) > 1.2, `class ${i} is too near to the one before`);
    }
  });

  test(`the ${name} style sets labels in fonts that are here`, async () => {
    for (const layer of style.layers) {
      for (const font of layer.layout?.['text-font'] ?? []) await text(`../styles/glyphs/${font}/0-255.pbf`);
    }
  });
}

test('light, dark and print draw the same layers of the same sources', () => {
  const bones = (/** @type {any} */ style) => style.layers.map((/** @type {any} */ l) => [l.id, l.type, l.source, l.minzoom, l.filter]);
  for (const other of [dark, print]) {
    assert.deepEqual(bones(other), bones(light));
    assert.deepEqual(other.sources, light.sources);
  }
});

/** The paint of a layer of the print style. @param {string} id */
const ink = (id) => print.layers.find((/** @type {any} */ l) => l.id === id).paint;
/** CIE L*, 0 to 100: what a printer without colour makes of a colour. @param {string} hex */
const lightness = (hex) => 116 * Math.cbrt(luminance(hex)) - 16;

test('a printer without colour tells the classes apart, and areas with nobody to visit from all of them', () => {
  const { classes, none } = scale(print);
  const steps = [none, ...classes.map((c) => c.color)].map(lightness);
  for (let i = 1; i < steps.length; i += 1) assert.ok(steps[i - 1] - steps[i] >= (i === 1 ? 6 : 12), `step ${i}: ${steps[i - 1]} to ${steps[i]}`);
  assert.ok(lightness(ink('areas-line')['line-color']) + 20 < steps[5], 'a border is seen on the darkest class');
});

test('a printer without colour tells whom nobody called on from who was visited', () => {
  assert.ok(contrast(ink('households-unvisited')['circle-color'], ink('households-visited')['circle-color']) > 2);
  assert.ok(contrast(ink('households-tried')['circle-stroke-color'], ink('households-partly')['circle-stroke-color']) > 2);
});

test('paper is white, and what is written on it is dark on white', () => {
  assert.equal(ink('background')['background-color'], '#ffffff');
  for (const id of ['street-name', 'ground-name', 'place']) {
    assert.equal(ink(id)['text-halo-color'], '#ffffff', id);
    assert.ok(contrast(ink(id)['text-color'], '#ffffff') > 7, id);
  }
});

test('a rate on a border belongs to the upper class, and no rate to none', () => {
  const row = (/** @type {number | null} */ rate) => /** @type {any} */ ({ rate });
  assert.deepEqual(countClasses([row(0), row(0.2), row(0.999), row(1), row(null), /** @type {any} */ ({ rate: null, held_back: true })], scale(light).classes), [1, 1, 0, 0, 2, 1, 1]);
});

test('the vendored MapLibre is the pinned one', async () => {
  for (const file of ['maplibre-gl-csp.js', 'maplibre-gl-csp-worker.js', 'maplibre-gl.css']) {
    const given = (await text(`node_modules/maplibre-gl/dist/${file}`)).replace(/^\/\/# sourceMappingURL.*\n?/m, '');
    assert.equal((await text(`vendor/${file}`)).trimEnd(), given.trimEnd(), file);
  }
});

test('the vendored drawing library is the pinned one; only its adapter is told where it lies', async () => {
  for (const name of ['terra-draw', 'terra-draw-maplibre-gl-adapter']) {
    const given = (await text(`node_modules/${name}/dist/${name}.modern.js`)).replace(/^\/\/# sourceMappingURL.*\n?/m, '');
    assert.equal((await text(`vendor/${name}.js`)).trimEnd(), given.replace('from"terra-draw"', 'from"./terra-draw.js"').trimEnd(), name);
  }
});

test('the lock file names no place to download from', async () => {
  assert.doesNotMatch(await text('package-lock.json'), /"resolved"/);
});
