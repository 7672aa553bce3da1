import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { en } from '../words.en.js';
import { zh } from '../words.zh.js';
import { ADMIN, MEMBER, URL_, ask, close, mapDrawn, open, shown, visit } from './browser.mjs';

after(close);

const DOORS = 'map=16.50/47.14000/9.52250'; // streets of the demo's place, at a zoom that shows single households

test('without a token no household is asked for or shown', async () => {
  const { page, requests, done } = await open(`#${DOORS}&lang=en&theme=light`);
  await mapDrawn(page);
  assert.deepEqual(requests.filter((url) => /households|unvisited/.test(new URL(url).pathname)), []);
  assert.equal(await page.isVisible('.legend-households'), false);
  await done();
});

test('the sign-in link signs in, and its token leaves the address at once', async () => {
  const { page, requests, errors, done } = await open(`#${DOORS}&lang=en&theme=light&token=${ADMIN}`);
  assert.doesNotMatch(page.url(), /token/);
  await page.waitForSelector('.legend-households');
  await mapDrawn(page);
  assert.ok(requests.some((url) => url.includes('/tiles/households/')), 'household tiles were asked for');
  assert.equal(await page.getAttribute('#account', 'data-role'), 'admin');
  assert.ok((await page.textContent('#account'))?.includes(en['role.admin']));
  assert.deepEqual(errors, []);
  await done();
});

test('a member is told the role and sees households', async () => {
  const { page, done } = await open(`#lang=en&theme=light&token=${MEMBER}`);
  await page.waitForSelector('#account[data-role="member"]');
  await page.waitForSelector('.legend-households');
  await done();
});

test('a member sees the own households on the map, and of others not even that they exist', async () => {
  const { areas } = await ask('/api/me', MEMBER);
  const other = (await ask('/api/unvisited?limit=1000', ADMIN)).households.find((/** @type {any} */ h) => !areas.includes(h.area));
  const [own] = (await ask('/api/unvisited?limit=1', MEMBER)).households;
  assert.ok(areas.includes(own.area));
  const { page, done } = await open(`#map=16.00/${other.lat}/${other.lon}&household=${other.code}&campaign=all&lang=en&theme=light&token=${MEMBER}`, { ready: '.trouble' });
  assert.ok((await page.textContent('.trouble'))?.includes(other.code));
  await mapDrawn(page);
  const drawn = async () => (await page.screenshot({ clip: await middle(page), style: '.aim { display: none }' })).toString('base64');
  const bare = await drawn();
  await page.click('.legend-households input');
  await mapDrawn(page);
  assert.equal(await drawn(), bare, 'nothing was there to hide');
  await page.click('.legend-households input');
  await page.evaluate(({ lat, lon }) => { location.hash = `#map=17.00/${lat}/${lon}&campaign=all&lang=en&theme=light`; }, own);
  await page.waitForFunction(({ lat }) => location.hash.includes(lat.toFixed(5)), own);
  await mapDrawn(page);
  await page.focus('.maplibregl-canvas');
  await page.keyboard.press('Enter');
  await page.waitForSelector(`article[data-household="${own.code}"]`);
  await done();
});

test('a pasted token signs in and signing out takes the households away', async () => {
  const { page, done } = await open();
  await page.click('#account');
  await page.click('dialog summary');
  await page.fill('#token', ADMIN);
  await page.click('#sign-token button[type="submit"]');
  await page.waitForSelector('.legend-households');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('.legend-households', { state: 'detached' });
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await done();
});

/** A user of the demo's service with a fresh link. @param {string} name @returns {Promise<string>} the link's secret */
async function invited(name) {
  const send = async (/** @type {string} */ path, /** @type {object} */ body) => {
    const answer = await fetch(`${URL_}${path}`, {
      method: 'POST', headers: { Authorization: `Bearer ${ADMIN}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  };
  await send('/api/users', { name, role: 'inspector' });
  return (await send(`/api/users/${name}/link`, {})).secret;
}

test('a one-time link signs in once, by a cookie that no script sees, until signing out', async () => {
  const link = await invited('li');
  const { page, errors, done } = await open(`#lang=en&theme=light&link=${link}`);
  assert.doesNotMatch(page.url(), /link/);
  await page.waitForSelector('#account[data-role="inspector"]');
  await page.waitForSelector('.legend-households');
  assert.equal(await page.evaluate(() => document.cookie + sessionStorage.length), '0');
  await page.reload();
  await page.waitForSelector('#account[data-role="inspector"]');
  await page.click('#account');
  await page.click('#sign-out');
  await page.waitForSelector('#account[data-role="public"]');
  assert.deepEqual(errors, []);
  await done();
  const again = await open(`#lang=en&theme=light&link=${link}`);
  await again.page.waitForSelector('#notice:not([hidden])');
  assert.ok((await again.page.textContent('#notice'))?.includes(en['trouble.link']));
  assert.equal(await again.page.getAttribute('#account', 'data-role'), 'public');
  await again.done();
});

test('a wrong password is refused in words, by keyboard and on a small phone', async () => {
  const { page, done } = await open('#lang=en&theme=light', { width: 360, height: 640 });
  await page.focus('#account');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#name');
  await page.focus('#name');
  await page.keyboard.type('nobody');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a wrong password');
  await page.keyboard.press('Enter');
  await page.waitForFunction((text) => document.querySelector('#sign-password .said')?.textContent === text, en['sign.wrong.password']);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await page.keyboard.press('Escape');
  await done();
});

test('a wrong token is refused in words, and the public figures stay', async () => {
  const { page, done } = await open('#lang=en&theme=light&token=not-a-token');
  await page.waitForSelector('#notice:not([hidden])');
  assert.ok((await page.textContent('#notice'))?.includes(en['trouble.expired']));
  await page.click('#account');
  await page.click('dialog summary');
  await page.fill('#token', 'also-wrong');
  await page.click('#sign-token button[type="submit"]');
  await page.waitForFunction((text) => document.querySelector('#sign-token .said')?.textContent === text, en['sign.wrong']);
  await done();
});

test('a sign-in that ends while the page is open leaves the public figures and says so', async () => {
  const { page, done } = await open(`#lang=en&theme=light&token=${ADMIN}`);
  await page.waitForSelector('.legend-households');
  await page.route('**/api/**', (route) => (route.request().headers().authorization ? route.fulfill({ status: 401, body: '{}' }) : route.continue()));
  await page.selectOption('#campaign', { index: 1 });
  await page.waitForSelector('#account[data-role="public"]');
  await page.waitForSelector('.legend-households', { state: 'detached' });
  assert.ok((await page.textContent('#notice'))?.includes(en['trouble.expired']));
  assert.ok(await page.isVisible('[data-figure="unvisited"]'));
  await done();
});

test('a grid lists who is waiting, and a household shows its card', async () => {
  const { households } = await ask('/api/unvisited?limit=1', ADMIN);
  const { area } = households[0];
  const { page, done } = await open(`#campaign=all&area=${area}&lang=en&theme=light&token=${ADMIN}`);
  const { total } = await ask(`/api/unvisited?area=${area}&limit=1`, ADMIN);
  await page.waitForSelector(`.waiting[data-total="${total}"]`);
  const code = await page.getAttribute('.households a', 'data-household');
  await page.click('.households a');
  await page.waitForSelector(`article[data-household="${code}"]`);
  assert.match(page.url(), new RegExp(`household=${code}`));
  assert.ok((await page.textContent('article'))?.includes(String(code)));
  await page.click('.back');
  await page.waitForSelector('.waiting');
  await done();
});

/** A household of the member's that confided something. @returns {Promise<{code: string, contact: string, needs: string}>} */
async function confiding() {
  const { features } = await ask('/ogc/collections/households/items?limit=1000', MEMBER);
  return features.map((/** @type {any} */ one) => one.properties).find((/** @type {any} */ one) => one.contact && one.needs?.includes('\n'));
}

test('contact and needs stand on the card of a household, in both languages, for who may see them', async () => {
  const { code, contact, needs } = await confiding();
  assert.ok(contact.includes('Sample 示例'));
  for (const [lang, words] of /** @type {const} */ ([['en', en], ['zh', zh]])) {
    const { page, errors, done } = await open(`#household=${code}&campaign=all&lang=${lang}&theme=light&token=${MEMBER}`, { width: 390, height: 844, ready: 'article.card' });
    assert.equal(await page.textContent('[data-field="contact"]'), contact);
    assert.deepEqual(await page.locator('[data-field="needs"] li').allTextContents(), needs.split('\n'));
    const card = (await page.textContent('article.card')) ?? '';
    assert.ok(card.includes(words['household.contact']) && card.includes(words['household.needs']) && !card.includes(words['household.sealed']));
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
    assert.deepEqual(errors, []);
    await done();
  }
});

test('a household whose key is missing says so and shows the rest', async () => {
  const { code } = await confiding();
  const { page, done } = await open(`#household=${code}&campaign=all&lang=en&theme=light&token=${MEMBER}`, {
    ready: 'article.card',
    prepare: (page) => page.route('**/api/households/*', async (route) => {
      const { contact, needs, ...rest } = await (await route.fetch()).json();
      assert.ok(contact && needs);
      await route.fulfill({ json: { ...rest, sealed: true } });
    }),
  });
  assert.equal(await page.textContent('[data-field="sealed"]'), en['household.sealed']);
  assert.equal(await page.locator('[data-field="contact"], [data-field="needs"]').count(), 0);
  assert.ok(await page.isVisible('[data-field="status"]'));
  await done();
});

test('who signed in changes the password, and a wrong present one is refused in words', async () => {
  const { page, errors, done } = await open(`#lang=en&theme=light&link=${await invited('mei')}`);
  const change = async (/** @type {string} */ old, /** @type {string} */ next) => {
    await page.waitForSelector('#account[data-role="inspector"]');
    await page.click('#account');
    await page.click('dialog summary');
    await page.fill('#old', old);
    await page.fill('#new', next);
    await page.click('#sign-change button[type="submit"]');
  };
  await change('', 'melons in July');
  await page.waitForSelector('dialog', { state: 'hidden' });
  await change('not the one', 'melons in August');
  await page.waitForFunction((text) => document.querySelector('#sign-change .said')?.textContent === text, en['sign.wrong.old']);
  await page.keyboard.press('Escape');
  await change('melons in July', 'melons in August');
  await page.waitForSelector('dialog', { state: 'hidden' });
  await page.reload();
  await page.waitForSelector('#account[data-role="inspector"]');
  assert.deepEqual(errors.filter((text) => !text.includes('400')), []);
  await done();
});

/** A few pixels in the middle of what can be seen of the map. @param {import('playwright-core').Page} page */
async function middle(page) {
  const aim = await page.locator('#aim').boundingBox();
  if (!aim) throw new Error('no map');
  return { x: aim.x + aim.width / 2 - 4, y: aim.y + aim.height / 2 - 4, width: 8, height: 8 };
}

test('a visit logged through the API shows within a second, without a reload', async () => {
  const { households } = await ask('/api/unvisited?limit=3', ADMIN);
  const [one] = households;
  const { page, done } = await open(`#map=17.50/${one.lat}/${one.lon}&campaign=all&lang=en&theme=light&token=${ADMIN}`);
  await page.waitForSelector('[data-live="open"]');
  await mapDrawn(page);
  await page.evaluate(() => { /** @type {any} */ (window).unreloaded = true; });
  const clip = await middle(page);
  const dot = async () => (await page.screenshot({ clip, style: '.aim { display: none }' })).toString('base64');
  const drawn = await dot();
  const tile = page.waitForRequest((request) => request.url().includes('/tiles/households/'));

  // a busy machine may be late once; the page must be in time at least once in three
  const took = [];
  for (const { code } of households) {
    const before = await shown(page, '[data-figure="unvisited"]');
    const start = performance.now();
    const moved = page.waitForFunction((n) => Number(document.querySelector('[data-figure="unvisited"]')?.textContent?.replace(/\D/g, '')) === n, before - 1, { timeout: 10_000, polling: 20 });
    await visit(code);
    await moved;
    took.push(Math.round(performance.now() - start));
  }
  assert.ok(Math.min(...took) < 1000, `the figure moved after ${took.join(', ')} ms`);
  await tile;
  const patience = performance.now() + 20_000;
  let now = await dot();
  while (now === drawn && performance.now() < patience) {
    await page.evaluate(() => new Promise(requestAnimationFrame));
    now = await dot();
  }
  assert.notEqual(now, drawn, 'the household on the map is drawn anew');
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).unreloaded), true);
  await done();
});

test('the page takes up the live stream again after it broke', async () => {
  let open_ = false;
  const { page, done } = await open('#lang=en&theme=light', { prepare: (p) => p.route('**/live', (route) => (open_ ? route.continue() : route.abort())), ready: '[data-live="lost"]' });
  open_ = true;
  await page.waitForSelector('[data-live="open"]', { timeout: 15_000 });
  await done();
});
