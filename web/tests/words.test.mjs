import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import test from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';

/** @param {string} text */
const gaps = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('Chinese and English have the same texts', () => {
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
});

test('a text names the same values in both languages', () => {
  for (const [key, text] of Object.entries(en)) assert.deepEqual(gaps(/** @type {Record<string, string>} */ (zh)[key]), gaps(text), key);
});

test('no text is empty, and Chinese is written with Chinese punctuation', () => {
  for (const text of [...Object.values(en), ...Object.values(zh)]) assert.notEqual(text.trim(), '');
  for (const [key, text] of Object.entries(zh)) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]/, key);
});

test('every fault that the service may name in a cell of a ledger has a text of its own in both languages', async () => {
  const described = JSON.parse(await readFile(new URL('../../tests/openapi.json', import.meta.url), 'utf8'));
  const kinds = described.components.schemas.ledger_fault.enum;
  const values = Object.keys(described.components.schemas.ledger_check.properties.problems.items.properties.expected.properties);
  assert.ok(kinds.length > 10);
  /** @type {string[][]} */
  const texts = kinds.map((/** @type {string} */ kind) => [en, zh].map((words) => /** @type {Record<string, string>} */ (words)[`ledger.fault.${kind}`]));
  for (const [text, chinese] of texts) {
    assert.doesNotMatch(text.replace('2026年10月5日', ''), /[\u4e00-\u9fff]/, 'English');
    assert.match(chinese, /[\u4e00-\u9fff]{3}/, 'Chinese');
    for (const gap of gaps(text)) assert.ok(values.includes(gap), `${gap}: the service does not send it`);
  }
  assert.equal(new Set(texts.map(([text]) => text)).size, kinds.length, 'no two kinds read the same');
});

test('every text that index.html asks for exists', async () => {
  const page = await readFile(new URL('../index.html', import.meta.url), 'utf8');
  const asked = [...page.matchAll(/data-t(?:-label|-placeholder)?="([^"]+)"/g)].map((m) => m[1]);
  assert.ok(asked.length > 10);
  for (const key of asked) assert.ok(key in en, key);
});

test('only api.js fetches, only map.js touches MapLibre, only draw.js the drawing library, and nothing names an outside address', async () => {
  const folder = new URL('../', import.meta.url);
  const names = (await readdir(folder)).filter((name) => /\.(js|css|html)$/.test(name));
  // ogc.js is the one script of other pages: it has both doors for itself. sw.js stands between the page and the service.
  for (const name of names) {
    const text = await readFile(new URL(name, folder), 'utf8');
    if (!['api.js', 'ogc.js', 'sw.js'].includes(name)) assert.doesNotMatch(text, /\bfetch\(/, name);
    if (name.endsWith('.js') && !['map.js', 'ogc.js'].includes(name)) assert.doesNotMatch(text, /maplibregl/, name);
    if (name.endsWith('.js') && name !== 'draw.js') assert.doesNotMatch(text, /from 'terra-draw|terra-draw\.js/, name);
    assert.doesNotMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, name);
    assert.ok(text.split('\n').length <= 320, `${name} has grown too long`);
  }
});
