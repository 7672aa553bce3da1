/** The page's two languages: texts by key, numbers, shares and times as each writes them. */

import { en } from './words.en.js';
import { zh } from './words.zh.js';

/** @import * as T from './types.js' */
/** @typedef {keyof typeof en} Key */

const LOCALES = { en: 'en-GB', zh: 'zh-CN' };
/** @type {'en' | 'zh'} */
let lang = 'en';
let formats = formatsOf('en');

/** @param {'en' | 'zh'} value */
function formatsOf(value) {
  const locale = LOCALES[value];
  return {
    number: new Intl.NumberFormat(locale),
    percent: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
    points: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }),
    shortDay: new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
    month: new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    metres: new Intl.NumberFormat(locale, { style: 'unit', unit: 'meter' }),
    megabytes: new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }),
    kilometres: new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilometer' }),
    plural: new Intl.PluralRules(locale),
  };
}

/** @param {'en' | 'zh'} value */
export function setLanguage(value) {
  lang = value;
  formats = formatsOf(value);
  document.documentElement.lang = LOCALES[value];
}

/** @returns {'en' | 'zh'} what the browser prefers */
export const preferred = () => (navigator.languages.find((l) => /^(en|zh)/.test(l))?.startsWith('zh') ? 'zh' : 'en');

/** @param {Key} key @param {Record<string, string>} [values] @returns {string} */
export function t(key, values = {}) {
  return (lang === 'zh' ? zh : en)[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The text for a count. @param {Key} key @param {number} n @param {Record<string, string>} [values] */
export function tn(key, n, values = {}) {
  const one = /** @type {Key} */ (`${key}.one`);
  return t(formats.plural.select(n) === 'one' && one in en ? one : key, { n: number(n), ...values });
}

/** A word the service sent: translated if the page knows it, else as it came. @param {string} group @param {string} value */
export function word(group, value) {
  const key = `${group}.${value}`;
  return key in en ? t(/** @type {Key} */ (key)) : value.replaceAll('_', ' ');
}

/** @param {number} n */
export const number = (n) => formats.number.format(n);
/** Never 100 % while somebody is missing, never 0 % when somebody was reached. @param {number | null} rate  0 to 1 */
export const percent = (rate) => (rate === null ? '–' : formats.percent.format(rate > 0.99 && rate < 1 ? 0.99 : rate > 0 && rate < 0.01 ? 0.01 : rate));
/** Percentage points, with a true minus. @param {number} share  -1 to 1 */
export const points = (share) => formats.points.format(Math.round(share * 1000) / 10 || 0).replace('-', '−');
/** @param {number} metres  a round length */
export const distance = (metres) => (metres < 1000 ? formats.metres.format(metres) : formats.kilometres.format(metres / 1000));
/** @param {number} bytes */
export const size = (bytes) => formats.megabytes.format(bytes / 1e6);
/** @param {string} date  YYYY-MM-DD */
export const day = (date) => formats.day.format(new Date(`${date}T00:00:00Z`));
/** Without its year. @param {string} date  YYYY-MM-DD */
export const shortDay = (date) => formats.shortDay.format(new Date(`${date}T00:00:00Z`));
/** @param {string} date  YYYY-MM-DD, any of the month */
export const month = (date) => formats.month.format(new Date(`${date}T00:00:00Z`));
/** @param {string} at  RFC 3339 */
export const clock = (at) => formats.clock.format(new Date(at));
/** @param {string} at  RFC 3339 */
export const moment = (at) => formats.moment.format(new Date(at));

/** Writes the texts of index.html's own elements. @param {ParentNode} root */
export function translate(root) {
  for (const [attribute, write] of Object.entries(PLACES)) {
    for (const element of root.querySelectorAll(`[${attribute}]`)) write(element, t(/** @type {Key} */ (element.getAttribute(attribute))));
  }
}

/** @type {Record<string, (element: Element, text: string) => void>} */
const PLACES = {
  'data-t': (element, text) => { element.textContent = text; },
  'data-t-label': (element, text) => element.setAttribute('aria-label', text),
  'data-t-placeholder': (element, text) => element.setAttribute('placeholder', text),
};

/** What the service says in both languages. @param {T.Words | null | undefined} words */
export const said = (words) => (words ? words[lang] || words.en || words.zh : '');
