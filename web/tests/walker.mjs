/** The ground of the tests without network: a person who walks with a phone, the line that is cut, two taps, what the browser keeps. */

import assert from 'node:assert/strict';
import { after, afterEach, before } from 'node:test';
import { en } from '../words.en.js';
import { ADMIN, MEMBER, ask } from './browser.mjs';
import { empty, line, person, phone, pocket } from './phone.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {Awaited<ReturnType<typeof phone>>} Phone */
export const VIEW = 'today=yes&campaign=2&lang=en&theme=light';

/** The way to the service. @type {import('./phone.mjs').Line} */
export let way;
/** @type {string[]} folders to be removed */
const folders = [];
/** Two grids, and a township with more than enough who wait: not those of the sample member, whom other tests need. @type {string[]} */
export let areas = [];
/** One of the grids: few tiles, quickly kept. @type {string[]} */
export let grid = [];
/** @type {string[]} */
export let township = [];
/** What a test leaves open, whatever became of it. @type {Phone[]} */
let devices = [];

before(async () => {
  way = await line();
  const most = async (/** @type {string} */ level) => (await ask(`/api/coverage?campaign=2&level=${level}`, ADMIN)).areas.toSorted((/** @type {any} */ a, /** @type {any} */ b) => b.unvisited - a.unvisited);
  const own = (await ask('/api/me', MEMBER)).areas;
  const theirs = await Promise.all(own.map(async (/** @type {string} */ code) => (await ask(`/api/areas/${code}`)).parent));
  const [first, second] = (await most('township')).map((/** @type {any} */ { code }) => code).filter((/** @type {string} */ code) => !theirs.includes(code));
  township = [first];
  areas = (await most('grid')).filter((/** @type {any} */ { parent }) => parent === second).map((/** @type {any} */ { code }) => code).slice(0, 2);
  grid = areas.slice(0, 1);
});
afterEach(async () => {
  await Promise.all(devices.map((device) => device.close()));
  devices = [];
  Object.assign(way, { lose: 0, newer: false });
  await way.cut();
  await way.mend();
});
after(async () => {
  await way.cut();
  await Promise.all(folders.map(empty));
});

/** A phone that is closed after the test. @param {string} folder @param {boolean} [map]  whether it draws one @returns {Promise<Phone>} */
export async function device(folder, map = false) {
  const made = await phone(folder, map);
  devices.push(made);
  return made;
}

/** A new phone on which somebody signs in by link and everything for the walk is kept. @param {'member' | 'coordinator'} role @param {string[]} of @param {{prepare?: (page: Page) => Promise<unknown>, until?: (page: Page) => Promise<unknown>, map?: boolean}} [how] */
export async function walker(role, of, { prepare, until = ready, map = false } = {}) {
  const folder = await pocket();
  folders.push(folder);
  const who = await person(role, of);
  const own = await device(folder, map);
  await prepare?.(own.page);
  await own.page.goto(`${way.url}/#${VIEW}&link=${who.link}`);
  await until(own.page);
  return { ...who, folder, device: own, page: own.page };
}

/** Until all is there that a walk needs. @param {Page} page */
export async function ready(page) {
  await page.waitForSelector('.walk > li', { timeout: 20_000 });
  await page.waitForSelector('[data-kept="whole"]', { timeout: 60_000, state: 'attached' });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!navigator.serviceWorker.controller) await new Promise((later) => { setTimeout(later, 50); });
  });
}

/** Cuts the network, for the page and for the service worker. @param {Phone} device */
export async function cut(device) {
  await device.context.setOffline(true);
  await way.cut();
  assert.equal(await device.page.evaluate(() => fetch('health/live').then(() => 'answered', () => 'nobody')), 'nobody');
}

/** @param {Phone} device */
export async function mend(device) {
  await way.mend();
  await device.context.setOffline(false);
}

/** @param {Page} page @returns {Promise<string[]>} */
export const rows = (page) => page.$$eval('.walk > li', (all) => all.map((row) => row.getAttribute('data-row') ?? ''));

/** Two taps. Brings the tab to the front: one behind draws nothing, and its taps wait for that. @param {Page} page @param {string} code @param {string} [outcome] @param {string} [becomes] */
export async function log(page, code, outcome = 'visited', becomes = 'unsent') {
  await page.bringToFront();
  await page.click(`[data-row="${code}"] .stop`);
  await page.click(`[data-row="${code}"] [data-outcome="${outcome}"]`);
  await page.waitForSelector(`[data-row="${code}"][data-state="${becomes}"]`);
}

/** The same for many, without waiting for the map to be still in between: taps as the page hears them. @param {Page} page @param {string[]} codes */
export const logAll = (page, codes) => page.evaluate(async (all) => {
  for (const code of all) {
    const row = () => document.querySelector(`[data-row="${code}"]`);
    /** @type {HTMLElement | null | undefined} */ (row()?.querySelector('.stop'))?.click();
    /** @type {HTMLElement | null | undefined} */ (row()?.querySelector('[data-outcome="visited"]'))?.click();
    while (row()?.getAttribute('data-state') !== 'unsent') await new Promise((later) => { setTimeout(later, 2); });
  }
}, codes);

/** @param {Page} page @param {number} n */
export const waiting = (page, n) => page.waitForFunction((text) => document.querySelector('#offline')?.textContent?.includes(text), en[n === 1 ? 'offline.wait.one' : 'offline.wait'].replace('{n}', String(n)));
/** @param {Page} page */
export const sent = (page) => page.waitForFunction(() => !document.querySelector('[data-offline="gone"], [data-offline="waiting"], [data-offline="sending"]'), null, { timeout: 60_000 });

/** Opens the page anew. @param {Page} page @param {string} by */
export async function opened(page, by) {
  await page.goto('about:blank');
  await page.goto(`${way.url}/#${VIEW}&${by}`);
}

/** What the browser keeps of persons. @param {Page} page */
export const keeps = (page) => page.evaluate(async () => {
  const names = await caches.keys();
  const bases = await indexedDB.databases();
  return { caches: names.filter((name) => name.includes(':kept:')), bases: bases.map(({ name }) => name), session: sessionStorage.length };
});

/** Undoes a visit where it stands in the list. @param {Page} page @param {string} code */
export async function undo(page, code) {
  await page.bringToFront();
  await page.click(`[data-key="undo-${code}"]`);
}
/** What a row says of its visit. @param {Page} page @param {string} code */
export const told = (page, code) => page.textContent(`[data-row="${code}"] [data-field="log"]`);
/** A visit to a household, as the service has it. @param {string} code @returns {Promise<{id: string, outcome: string, by: string, at: string, void?: string}[]>} the first first */
export const visitsTo = async (code) => (await ask(`/api/households/${code}`, ADMIN)).visits.toReversed();
