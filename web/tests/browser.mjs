/** One browser for a file of page tests, against the running service that MELONMAP_URL names. */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chromium } from 'playwright-core';

/** @param {string} name */
const given = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the service first (see the project's \`make test\`)`);
  return value;
};

export const URL_ = given('MELONMAP_URL').replace(/\/$/, '');
export const ADMIN = given('MELONMAP_TOKEN_ADMIN');
export const MEMBER = given('MELONMAP_TOKEN_MEMBER');

/** A second person who may plan. */
export const PLANNER = given('MELONMAP_TOKEN_PLANNER');

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

/** @type {import('playwright-core').BrowserContext | null} one for the whole file, so that its pages share what they loaded */
let context = null;

export async function close() {
  await context?.browser()?.close();
  context = null;
}

export const ALL = '#campaign=all&lang=en&theme=light';

/** @typedef {{page: import('playwright-core').Page, errors: string[], requests: string[], done: () => Promise<void>}} Opened */

/**
 * Opens the page and waits until its figures stand there.
 * @param {string} [hash]
 * @param {{width?: number, height?: number, prepare?: (page: import('playwright-core').Page) => Promise<unknown>, ready?: string, origin?: string}} [options]
 * @returns {Promise<Opened>}
 */
export async function open(hash = ALL, { width = 960, height = 600, prepare, ready = '[data-figure]', origin = URL_ } = {}) {
  context ??= await (await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ARGS })).newContext({ reducedMotion: 'reduce', locale: 'en-GB', deviceScaleFactor: 0.5 }); // a quarter of the pixels: they are drawn without a graphics card
  const page = await context.newPage();
  await page.setViewportSize({ width, height });
  /** @type {string[]} */
  const errors = [];
  /** @type {string[]} */
  const requests = [];
  page.on('console', (message) => { if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`); });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await prepare?.(page);
  await page.goto(`${origin}/${hash}`);
  await page.waitForSelector(ready, { timeout: 20_000 });
  return { page, errors, requests, done: () => page.close() };
}

/** Reads the service as somebody. @param {string} path @param {string | null} [token] @returns {Promise<any>} */
export async function ask(path, token = null) {
  const answer = await fetch(URL_ + path, { headers: token ? { Authorization: `Bearer ${token}` } : {} });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Sends to the service as somebody. @param {'POST' | 'PUT' | 'DELETE'} method @param {string} path @param {object | null} body @param {string} token @param {Record<string, string>} [headers] */
export async function send(method, path, body, token, headers = {}) {
  const answer = await fetch(URL_ + path, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/geo+json', ...headers }, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** A plan once it is worked out. @param {number} id */
export async function planReady(id) {
  for (let i = 0; i < 150; i += 1) {
    const found = await ask(`/api/plans/${id}`, ADMIN);
    if (found.state !== 'running') return found;
    await new Promise((later) => { setTimeout(later, 200); });
  }
  throw new Error(`plan ${id} is still worked out`);
}

/** Logs a counted visit. @param {string} household @param {number | null} [campaign] */
export async function visit(household, campaign = null) {
  const answer = await fetch(`${URL_}/api/visits`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: randomUUID(), household, campaign, at: new Date().toISOString(), outcome: 'visited' }),
  });
  const [{ result, reason }] = (await answer.json()).results;
  assert.equal(result, 'stored', reason);
}

/** @param {string | null} text  "1,204" */
export const figure = (text) => Number((text ?? '').replace(/[^\d]/g, ''));

/** @param {import('playwright-core').Page} page @param {string} selector */
export const shown = async (page, selector) => figure(await page.textContent(selector));

/** Waits until the map has drawn all that it asked for. @param {import('playwright-core').Page} page */
export const mapDrawn = (page) => page.waitForSelector('#map[aria-busy="false"]', { timeout: 30_000 });
