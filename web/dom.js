/** Builds elements. Text is always set as text, never as HTML. */

/**
 * @param {string} tag  with classes behind dots: `p.answer`
 * @param {Record<string, any> | null} [props]  `on…` are listeners, the rest attributes; null, undefined and false are left out
 * @param {...(Node | string | number | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  fill(element, props);
  element.append(...solid(children));
  return element;
}

/** @param {string} tag @param {Record<string, any>} props @param {...Node} children @returns {SVGElement} */
export function svg(tag, props, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  fill(element, props);
  element.append(...children);
  return element;
}

/** @param {string} id @returns {HTMLElement} that index.html promises */
export function el(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no #${id}`);
  return found;
}

/** @param {Element} element @param {Record<string, any> | null | undefined} props */
function fill(element, props) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.entries(value).forEach(([k, v]) => /** @type {HTMLElement} */ (element).style.setProperty(k, String(v)));
    else element.setAttribute(key, value === true ? '' : String(value));
  }
}

/** @param {any[]} children */
const solid = (children) => children.filter((c) => c !== null && c !== undefined && c !== false).map((c) => (typeof c === 'number' ? String(c) : c));
