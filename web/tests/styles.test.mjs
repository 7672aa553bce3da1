import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { countClasses, scale } from '../figures.js';

/** @param {string} path  from web/ */
const text = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');
const light = JSON.parse(await text('../styles/light.json'));
const dark = JSON.parse(await text('../styles/dark.json'));

/** Relative luminance by WCAG 2. @param {string} hex */
function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** @param {string} a @param {string} b */
const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

for (const [name, style] of Object.entries({ light, dark })) {
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

test('light and dark draw the same layers of the same sources', () => {
  const bones = (/** @type {any} */ style) => style.layers.map((/** @type {any} */ l) => [l.id, l.type, l.source, l.minzoom, l.filter]);
  assert.deepEqual(bones(dark), bones(light));
  assert.deepEqual(dark.sources, light.sources);
});

test('a rate on a border belongs to the upper class, and no rate to none', () => {
  const row = (/** @type {number | null} */ rate) => /** @type {any} */ ({ rate });
  assert.deepEqual(countClasses([row(0), row(0.2), row(0.999), row(1), row(null)], scale(light).classes), [1, 1, 0, 0, 2, 1]);
});

test('the vendored MapLibre is the pinned one', async () => {
  for (const file of ['maplibre-gl-csp.js', 'maplibre-gl-csp-worker.js', 'maplibre-gl.css']) {
    const given = (await text(`node_modules/maplibre-gl/dist/${file}`)).replace(/^\/\/# sourceMappingURL.*\n?/m, '');
    assert.equal((await text(`vendor/${file}`)).trimEnd(), given.trimEnd(), file);
  }
});

test('the lock file names no place to download from', async () => {
  assert.doesNotMatch(await text('package-lock.json'), /"resolved"/);
});
