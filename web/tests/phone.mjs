/** A phone for tests: a Chromium of its own that can be killed, behind a line to the service that can be cut or lose answers. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ADMIN, URL_, ask, send } from './browser.mjs';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run', '--remote-debugging-port=0', '--lang=en-GB', '--force-device-scale-factor=0.5']; // a quarter of the pixels: they are drawn without a graphics card
const START_MS = 20_000;
const ROOTED_MS = 90_000;
const SIZE = { width: 360, height: 740 };

/** @typedef {{url: string, posted: number, lose: number, newer: boolean, cut(): Promise<void>, mend(): Promise<void>}} Line */

/** The way from the phone to the service. @returns {Promise<Line>} `posted`: requests that logged visits; `lose`: so many of their answers are lost after the service has done its work; `newer`: the page has another version */
export async function line() {
  const to = new URL(URL_);
  const server = http.createServer((asked, answer) => {
    const logs = asked.method === 'POST' && asked.url === '/api/visits';
    if (logs) it.posted += 1;
    const on = http.request({ host: to.hostname, port: to.port, path: asked.url, method: asked.method, headers: { ...asked.headers, ...(asked.url === '/sw.js' ? { 'accept-encoding': 'identity', 'if-none-match': '' } : {}) } }, (said) => {
      if (logs && it.lose > 0) {
        it.lose -= 1;
        said.resume().on('end', () => answer.destroy());
        return;
      }
      if (it.newer && asked.url === '/sw.js') {
        said.setEncoding('utf8').toArray().then((parts) => {
          answer.writeHead(200, { 'Content-Type': 'text/javascript' });
          answer.end(parts.join('').replace(/"version":"\w+"/, '"version":"newer"'));
        }, () => answer.destroy());
        return;
      }
      answer.writeHead(said.statusCode ?? 502, said.headers);
      said.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    answer.on('close', () => on.destroy());
    asked.pipe(on);
  });
  let port = 0;
  const it = {
    url: '', posted: 0, lose: 0, newer: false,
    async mend() {
      await new Promise((done) => { server.listen(port, '127.0.0.1', () => done(undefined)); });
      port = /** @type {import('node:net').AddressInfo} */ (server.address()).port;
      it.url = `http://127.0.0.1:${port}`;
    },
    async cut() {
      if (!server.listening) return;
      const closed = new Promise((done) => { server.close(() => done(undefined)); });
      server.closeAllConnections();
      await closed;
    },
  };
  await it.mend();
  return it;
}

/**
 * Somebody new with a one-time link. @param {'member' | 'coordinator'} role @param {string[]} areas @param {string} [name]
 * @returns {Promise<{name: string, link: string}>}
 */
export async function person(role, areas, name = `p${randomUUID().slice(0, 8)}`) {
  const json = { 'Content-Type': 'application/json' };
  await send('POST', '/api/users', { name, role, areas }, ADMIN, json);
  const { secret } = await (await send('POST', `/api/users/${name}/link`, {}, ADMIN, json)).json();
  return { name, link: secret };
}

/** All that a person logged, as the service lists it: in the order in which it came in. @param {string} name @returns {Promise<{id: string, household: string, at: string, outcome: string}[]>} */
export async function visitsOf(name) {
  const page = await ask(`/ogc/collections/visits/items?f=json&limit=1000&filter=${encodeURIComponent(`by='${name}'`)}`, ADMIN);
  return page.features.map((/** @type {any} */ { id, properties }) => ({ id, ...properties }));
}

/** @returns {Promise<string>} a folder for what a browser keeps */
export const pocket = () => mkdtemp(join(tmpdir(), 'melonmap-phone-'));
/** @param {string} folder */
export const empty = (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** Until the browser has written its session down, which it does some half a minute later: one that is killed before has signed nobody in. @param {string} folder */
export async function rooted(folder) {
  const until = Date.now() + ROOTED_MS;
  const cookies = async () => (await Promise.all(['Cookies', 'Network/Cookies'].map((file) => readFile(join(folder, 'Default', file), 'latin1').catch(() => '')))).join('');
  while (!(await cookies()).includes('melonmap')) {
    if (Date.now() > until) throw new Error('the browser did not write its session down');
    await new Promise((later) => { setTimeout(later, 200); });
  }
}

/**
 * Starts the browser with what it kept.
 * @param {string} folder @param {boolean} [map]  false: it has no WebGL, so the page goes without its map and draws in a fraction of the time
 */
export async function phone(folder, map = false) {
  await rm(join(folder, 'DevToolsActivePort'), { force: true });
  const child = spawn(process.env.CHROMIUM || '/usr/bin/chromium', [...ARGS, ...(map ? [] : ['--disable-3d-apis']), `--user-data-dir=${folder}`, 'about:blank'], { detached: true, stdio: 'ignore' });
  const over = new Promise((done) => { child.on('exit', done); });
  const until = Date.now() + START_MS;
  let port = '';
  while (port === '') {
    if (Date.now() > until) throw new Error('the browser did not start');
    await new Promise((later) => { setTimeout(later, 50); });
    port = (await readFile(join(folder, 'DevToolsActivePort'), 'utf8').catch(() => '')).split('\n')[0];
  }
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const [context] = browser.contexts();
  const page = await context.newPage();
  await page.setViewportSize(SIZE);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  /** @type {string[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  return {
    page, context, errors,
    /** As a phone dies: nothing is closed. */
    async kill() {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await over;
      await browser.close().catch(() => {});
    },
    async close() {
      await browser.close().catch(() => {});
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), 'SIGKILL');
      await over;
    },
  };
}
