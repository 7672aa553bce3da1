/** Whose list for today it is: for who says who calls on whom, a field with the members of the teams. */

import * as api from './api.js';
import { h } from './dom.js';
import { t } from './i18n.js';

/** @import * as T from './types.js' */

/** @param {{known: () => import('./views.js').Known, go: (change: Partial<T.View>) => void, redraw: () => void}} page */
export function createWhose({ known, go, redraw }) {
  /** @type {{name: string, members: string[]}[] | null} by team, those who are in it today */
  let teams = null;
  let of = ''; // whose teams they are
  let reading = false;

  const may = () => ['visit', 'teams'].every((right) => known().me?.may.includes(right));

  return {
    may,
    /** Reads the members, once for each person. */
    async read() {
      const name = known().me?.name ?? '';
      if (of !== name) teams = null;
      if (!may() || teams !== null || reading) return;
      reading = true;
      try {
        const found = (await api.teams()).teams;
        teams = found.map((team) => ({ name: team.name, members: [...new Set(team.members.filter(({ active }) => active).map(({ user }) => user))].sort() })).filter(({ members }) => members.length > 0);
        of = name;
      } catch (error) {
        api.troubleOf(error); // the list stands without the field
      } finally {
        reading = false;
      }
      redraw();
    },
    /** The field; nothing where there is nobody to choose. @returns {HTMLElement | null} */
    field() {
      const { member } = known().view;
      if (!may() || ((teams === null || teams.length === 0) && member === null)) return null;
      const option = (/** @type {string} */ value, /** @type {string} */ said) => h('option', { value, selected: value === (member ?? '') }, said);
      const listed = teams?.some(({ members }) => member !== null && members.includes(member));
      return h('label.area-of', null, h('span', null, t('today.whose')),
        h('select', { id: 'today-member', 'data-key': 'today-member', onchange: (/** @type {Event} */ event) => go({ member: /** @type {HTMLSelectElement} */ (event.target).value || null }) },
          option('', t('today.whose.all')),
          member !== null && !listed && option(member, member),
          ...(teams ?? []).map(({ name, members }) => h('optgroup', { label: name }, ...members.map((one) => option(one, one))))));
    },
  };
}
