/** Drawing zones and spots of a plan: the tools, what is chosen, what is not saved, saving it, and what to do where two changed the same. */

import * as api from './api.js';
import { ask } from './ask.js';
import { h } from './dom.js';
import { baseOf, fresh, sent, shapable } from './drawings.js';
import { startDraw } from './draw.js';
import { moment, number, t, tn } from './i18n.js';
import { INK, mark } from './planlayers.js';
import { way } from './planviews.js';
import { split } from './split.js';

/** @import * as T from './types.js' */
/** @import { Drawing, Clash, Edit } from './drawings.js' */
/** @typedef {ReturnType<typeof import('./drawings.js').createDrawings>} Sheet */
/** @typedef {'select' | 'allowed' | 'restricted' | 'forbidden' | 'spot' | 'strip' | 'split'} Tool */

const MODE = /** @type {const} */ ({ select: 'select', allowed: 'polygon', restricted: 'polygon', forbidden: 'polygon', spot: 'point', strip: 'linestring', split: 'linestring' });
const TOOLS = /** @type {Exclude<Tool, 'split'>[]} */ (['select', 'allowed', 'restricted', 'forbidden', 'spot', 'strip']);

/** @typedef {ReturnType<typeof createDrawTask>} DrawTask */

/**
 * @param {object} page
 * @param {() => T.View} page.view
 * @param {() => import('./beside.js').PageMaps | null} page.map
 * @param {() => void} page.redraw
 * @param {() => void} page.saved  what is drawn was saved, so the plan is computed anew
 */
export function createDrawTask(page) {
  /** @type {{plan: number, sheet: Sheet, draw: Awaited<ReturnType<typeof startDraw>> | null, back: () => void} | null} */
  let now = null;
  /** @type {Tool} */
  let tool = 'select';
  /** @type {string | null} */
  let chosen = null;
  let busy = false;
  let saves = 0; // how often something was saved
  let reason = '';
  let told = '';
  let failed = '';

  const ink = () => INK[page.view().theme];

  /** Shows on the map what is drawn now, and tells the panel. */
  function show() {
    if (!now) return;
    if (chosen !== null && now.sheet.get(chosen) === null) chosen = null;
    now.draw?.show(now.sheet.all().filter(shapable), chosen);
    page.redraw();
  }

  /** What the map shows beside the drawings that can be reshaped. @returns {any[]} */
  function marks() {
    if (!now) return [];
    const fixed = now.sheet.all().filter((one) => !shapable(one)).map(({ geometry, props }) => mark('fixed', geometry, { class: props.class }));
    const clashes = now.sheet.clashes().flatMap(({ mine, theirs }) => [...(theirs ? [mark('theirs', theirs.geometry)] : []), ...(mine ? [mark('mine', mine.geometry)] : [])]);
    return [...fixed, ...clashes];
  }

  /** @param {Tool} next */
  function take(next) {
    tool = next;
    if (next !== 'select' && next !== 'split') chosen = null;
    now?.draw?.mode(MODE[next]);
    show();
  }

  /** @param {any} geometry */
  function drawn(geometry) {
    if (!now) return;
    const { sheet, plan } = now;
    told = failed = '';
    if (tool === 'split') {
      const whole = chosen === null ? null : sheet.get(chosen);
      const parts = whole?.geometry.type === 'Polygon' ? split(whole.geometry.coordinates[0], geometry.coordinates) : [];
      if (!whole || parts.length < 2) failed = t('draw.split.missed');
      else sheet.replace(whole.key, parts.map((ring, i) => ({ ...whole, key: i === 0 && fresh(whole.key) ? whole.key : sheet.name(), geometry: { type: 'Polygon', coordinates: [ring] } })));
      return take('select');
    }
    const key = sheet.name();
    const kind = tool === 'spot' || tool === 'strip' ? 'spots' : 'zones';
    sheet.put({ key, kind, geometry, props: { plan, ...(kind === 'zones' ? { class: /** @type {T.ZoneClass} */ (tool) } : { stalls: 1 }) } });
    chosen = key;
    take('select');
  }

  /** @param {Partial<T.DrawnProps>} said */
  function say(said) {
    const one = chosen === null ? null : now?.sheet.get(chosen);
    if (!now || !one) return;
    now.sheet.put({ ...one, props: { ...one.props, ...said } });
    show();
  }

  const drop = () => {
    if (!now || chosen === null) return;
    now.sheet.drop(chosen);
    chosen = null;
    show();
  };
  const undo = () => { now?.sheet.undo(); show(); };
  const redo = () => { now?.sheet.redo(); show(); };

  async function discard() {
    const sheet = now?.sheet;
    if (!sheet || (await ask({ title: t('discard'), text: t('discard.text'), yes: t('discard'), no: t('stay'), reason: false })) === null) return;
    sheet.discard();
    reason = '';
    show();
  }

  // ---- saving ----

  /** @param {T.Kind} kind @param {string} key */
  const keptNow = async (kind, key) => {
    const { found, etag } = await api.drawing(kind, key);
    return baseOf(kind, found, etag);
  };
  /** @param {T.Kind} kind @param {string} key @returns {Promise<import('./drawings.js').Base | null>} null: it is gone */
  const theirsNow = (kind, key) => keptNow(kind, key).catch((error) => {
    if (error instanceof api.Problem && (error.status === 404 || error.status === 410)) return null;
    throw error;
  });

  /** @param {Sheet} sheet @param {number} plan @param {Edit} edit @param {string} why @returns {Promise<boolean>} false: somebody else changed it meanwhile */
  async function send(sheet, plan, { key, kind, act, mine, base }, why) {
    if (act === 'add' && mine) {
      const id = await api.addDrawing(kind, sent(mine, plan, why));
      sheet.saved(key, await keptNow(kind, id));
      if (chosen === key) chosen = id;
      return true;
    }
    const clash = (/** @type {import('./drawings.js').Base | null} */ theirs) => {
      if (theirs === null && mine === null) sheet.saved(key, null); // both deleted it
      else sheet.clash(key, theirs);
      return theirs === null && mine === null;
    };
    let match = base?.etag ?? null;
    if (match === null) {
      const theirs = await theirsNow(kind, key);
      if (theirs === null || theirs.props.changed_at !== base?.props.changed_at) return clash(theirs);
      match = theirs.etag ?? '*';
    }
    try {
      if (mine) await api.putDrawing(kind, key, sent(mine, plan, why), match);
      else await api.dropDrawing(kind, key, why, match);
    } catch (error) {
      if (!(error instanceof api.Problem) || ![404, 410, 412].includes(error.status)) throw error;
      return clash(await theirsNow(kind, key));
    }
    sheet.saved(key, mine ? await keptNow(kind, key) : null);
    return true;
  }

  async function save() {
    if (!now || busy || reason.trim() === '') return;
    const { sheet, plan } = now;
    const waiting = new Set(sheet.clashes().map(({ key }) => key));
    busy = true;
    told = failed = '';
    page.redraw();
    let done = 0;
    let error = null;
    for (const edit of sheet.edits()) {
      if (waiting.has(edit.key)) continue;
      try {
        if (await send(sheet, plan, edit, reason.trim())) done += 1;
      } catch (cause) {
        error = cause;
        if (edit.mine) chosen = edit.key;
        break; // what is not sent stays as it is
      }
    }
    busy = false;
    saves += 1;
    if (error) failed = error instanceof api.Problem && error.status === 400 ? error.message : t(`trouble.${api.troubleOf(error)}`);
    if (done) told = tn('draw.saved', done);
    page.saved();
    if (sheet.edits().length === 0) reason = '';
    show();
  }

  /** @param {Clash} clash @param {'theirs' | 'mine' | 'both'} how */
  function settle(clash, how) {
    now?.sheet.settle(clash.key, how);
    show();
    if (how !== 'theirs') void save();
  }

  // ---- the panel ----

  const nameOf = (/** @type {Drawing} */ one) => one.props.name || (one.kind === 'zones' ? t(/** @type {any} */ (`zone.${one.props.class}`)) : t('spot'));

  /** @param {Clash} clash */
  function clashCard(clash) {
    const { mine, theirs } = clash;
    const act = (/** @type {'theirs' | 'mine' | 'both'} */ how, /** @type {any} */ key) => h('button.act', { type: 'button', 'data-key': `${how}-${clash.key}`, 'data-how': how, disabled: busy, onclick: () => settle(clash, how) }, t(key));
    const name = nameOf(/** @type {Drawing} */ (mine ?? theirs));
    return h('section.clash', { role: 'alert', 'data-clash': clash.key },
      h('h2', null, theirs ? t('clash', { who: theirs.props.by ?? t('clash.somebody'), name }) : t('clash.gone', { name })),
      h('p', null, theirs?.props.changed_at && t('clash.when', { time: moment(theirs.props.changed_at), reason: theirs.props.reason || '–' })),
      h('ul.swatches', null, mine && h('li', null, h('i.mine', null), t('clash.mine')), theirs && h('li', null, h('i.theirs', null), t('clash.theirs'))),
      h('p.acts', null, act('theirs', theirs ? 'clash.take' : 'clash.take.gone'), mine && theirs && act('mine', 'clash.over'), mine && act('both', 'clash.both'), !mine && act('mine', 'clash.drop')));
  }

  /** @param {Drawing} one */
  function form(one) {
    const { props, kind } = one;
    const text = (/** @type {any} */ key, /** @type {string} */ value, /** @type {(text: string) => Partial<T.DrawnProps>} */ read, /** @type {Record<string, any>} */ more = {}) => h('label.field', null, h('span', null, t(key)),
      h('input', { 'data-key': `say-${key}`, value, autocomplete: 'off', onchange: (/** @type {Event} */ e) => say(read(/** @type {HTMLInputElement} */ (e.target).value)), ...more }));
    const list = (/** @type {string} */ written) => written.split(/[;；]/).map((s) => s.trim()).filter(Boolean);
    const timed = kind === 'spots' || props.class === 'restricted';
    return h('section.chosen', { 'data-chosen': one.key }, h('h2', null, t('draw.chosen')),
      kind === 'zones' && h('label.field', null, h('span', null, t('zone.class')), h('select', { id: 'zone-class', 'data-key': 'say-class', onchange: (/** @type {Event} */ e) => say({ class: /** @type {any} */ (/** @type {HTMLSelectElement} */ (e.target).value) }) },
        .../** @type {const} */ (['allowed', 'restricted', 'forbidden']).map((name) => h('option', { value: name, selected: props.class === name }, t(`zone.${name}`))))),
      text('draw.name', props.name ?? '', (name) => ({ name: name.trim() }), { maxlength: 200, id: 'drawing-name' }),
      kind === 'spots' && text('spot.stalls', String(props.stalls ?? 1), (n) => ({ stalls: Math.max(1, Math.min(1000, Math.round(Number(n)) || 1)) }), { type: 'number', min: 1, max: 1000, id: 'spot-stalls' }),
      timed && text('zone.hours', (props.hours ?? []).join('; '), (hours) => ({ hours: list(hours) }), { placeholder: 'Mo-Fr 07:00-19:00' }),
      timed && text('zone.season', (props.season ?? []).join('; '), (season) => ({ season: list(season) }), { placeholder: '05-15..08-31' }),
      !shapable(one) && h('p.hint', null, t('draw.fixed')),
      !fresh(one.key) && props.by && h('p.hint', null, t('plan.changed', { time: props.changed_at ? moment(props.changed_at) : '–', who: props.by })),
      h('p.acts', null,
        kind === 'zones' && one.geometry.type === 'Polygon' && shapable(one) && h('button.act', { type: 'button', id: 'split', 'data-key': 'split', 'aria-pressed': String(tool === 'split'), onclick: () => take(tool === 'split' ? 'select' : 'split') }, t('draw.split')),
        h('button.act', { type: 'button', id: 'drop', 'data-key': 'drop', onclick: drop }, t('draw.drop'))));
  }

  return {
    marks,
    undo, redo,
    /** How often something was saved; null: it is being saved now. */
    saves: () => (busy ? null : saves),
    /** @param {number} plan @param {Sheet} sheet */
    async start(plan, sheet) {
      if (now?.plan === plan) return show();
      this.stop();
      const lent = page.map()?.lend();
      const here = now = { plan, sheet, draw: null, back: lent?.back ?? (() => {}) };
      tool = 'select';
      told = failed = '';
      if (!lent) return;
      const draw = await startDraw(lent, { ...ink() }, {
        drawn,
        shaped: (key, geometry) => {
          const one = sheet.get(key);
          if (!one) return;
          sheet.put({ ...one, geometry });
          chosen = key;
          page.redraw();
        },
        chosen: (key) => { if (chosen !== key) { chosen = key; page.redraw(); } },
        dropped: drop,
      });
      if (now !== here) return draw.stop();
      now.draw = draw;
      show();
    },
    stop() {
      now?.draw?.stop();
      now?.back();
      now = null;
      chosen = null;
    },
    /** Others' changes came in. */
    show,
    recolour() { now?.draw?.ink({ ...ink() }); show(); },

    /** @param {T.Plan | null} plan @param {Sheet} sheet @returns {HTMLElement} */
    render(plan, sheet) {
      const view = page.view();
      const edits = sheet.edits();
      const clashes = sheet.clashes();
      const one = chosen === null ? null : sheet.get(chosen);
      const line = (/** @type {Edit} */ { key, act, mine, base }) => h('li', { 'data-edit': act }, h('button.more', { type: 'button', 'data-key': `edit-${key}`, onclick: () => { if (mine) { chosen = key; take('select'); } } }, nameOf(/** @type {Drawing} */ (mine ?? base))), h('small', null, t(`edit.${act}`)));
      return h('div.view', { 'data-view': `draw-${view.plan}` },
        way('a.back', view, { task: null }, { 'data-key': 'back' }, t('back', { name: plan?.name ?? t('plan') })),
        h('div.heading', null, h('h1', { tabindex: '-1' }, t('draw')), h('p', null, t('draw.count', { zones: number(sheet.all().filter(({ kind }) => kind === 'zones').length), spots: number(sheet.all().filter(({ kind }) => kind === 'spots').length) }))),
        ...clashes.map(clashCard),
        h('div.tools', { role: 'toolbar', 'aria-label': t('draw.tools') },
          ...TOOLS.map((name) => h('button', { type: 'button', 'data-tool': name, 'data-key': `tool-${name}`, 'aria-pressed': String(tool === name), onclick: () => take(name) }, h(`i.swatch.${name}`, null), t(`tool.${name}`)))),
        h('p.steps', null,
          h('button.act', { type: 'button', id: 'undo', 'data-key': 'undo', disabled: !sheet.canUndo(), onclick: undo }, t('undo')),
          h('button.act', { type: 'button', id: 'redo', 'data-key': 'redo', disabled: !sheet.canRedo(), onclick: redo }, t('redo'))),
        h('p.hint', { role: 'status', 'data-part': 'tool-help' }, t(`tool.${tool}.help`)),
        failed && h('p.said', { role: 'alert' }, failed),
        told && h('p.fine', { role: 'status', 'data-part': 'saved' }, told),
        one && form(one),
        edits.length > 0 && h('section.edits', { 'data-unsaved': edits.length }, h('h2', null, tn('unsaved', edits.length)), h('ul.plain', null, ...edits.map(line)),
          h('form', { id: 'save-drawings', onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); void save(); } },
            h('label.field', null, h('span', null, t('reason.why')), h('input', { id: 'draw-reason', 'data-key': 'draw-reason', required: true, maxlength: 500, autocomplete: 'off', value: reason, oninput: (/** @type {Event} */ e) => { reason = /** @type {HTMLInputElement} */ (e.target).value; } })),
            h('p.acts', null, h('button.primary', { type: 'submit', id: 'save', 'data-key': 'save', disabled: busy }, t(busy ? 'saving' : 'save')),
              h('button.act', { type: 'button', 'data-key': 'discard', onclick: discard }, t('discard'))))),
        edits.length === 0 && sheet.all().length === 0 && h('p.hint', null, t('draw.empty')),
        h('details', { 'data-key': 'draw-help' }, h('summary', { 'data-key': 'draw-help-head' }, t('draw.help')), h('p', null, t('draw.help.mouse')), h('p', null, t('draw.help.keys')), h('p', null, t('draw.help.snap'))));
    },
  };
}

