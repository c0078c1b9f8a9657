/** Makes elements. Text only ever becomes text: there is no way here to turn a string into markup. */

import {visible} from './model.js';

/**
 * An element.
 *
 * @param properties names of attributes; `on` has listeners by event; null, undefined and false are left out
 * @param children nodes and texts, also in lists; null, undefined and false are left out
 */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property === 'on') {
      for (const [event, listener] of Object.entries(value)) {
        element.addEventListener(event, listener);
      }
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(property, value === true ? '' : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text from elsewhere, which must not change the direction of the text around it. */
export function said(text) {
  return h('bdi', {}, visible(String(text)));
}

/** The path of a field, which may be broken between its parts. */
export function path(text) {
  return h('bdi', {}, visible(text).split(/(?<=[.\]])/).map((part) => [part, h('wbr')]));
}

/** A time as the reader writes it, in a form that machines can read as well. */
export function moment(iso) {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? said(String(iso))
    : h('time', {datetime: at.toISOString()}, at.toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'short'}));
}
