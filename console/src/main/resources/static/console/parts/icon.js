/** The shapes of statuses, drawn as SVG: no fonts, no external images. */
import {html, svg} from '../lib/lit-html/lit-html.js';
import {flowLook, stepLook} from '../model/status.js';

const SHAPES = {
  play: svg`<path d="M4 2.5v11l9-5.5z" fill="currentColor"/>`,
  'play-hollow': svg`<path d="M4 2.5v11l9-5.5z" class="line"/>`,
  again: svg`<path d="M13 8a5 5 0 1 1-1.6-3.7M11.8 1.6v3H8.8" class="line"/>`,
  hourglass: svg`<path d="M4 2h8M4 14h8M5 2c0 4 6 4 6 0M5 14c0-8 6-8 6 0" class="line"/>`,
  check: svg`<circle cx="8" cy="8" r="6.2" class="line"/><path d="M5 8.2l2.2 2.2L11 6" class="line"/>`,
  return: svg`<rect x="1.5" y="1.5" width="13" height="13" rx="3.5" fill="currentColor"/><path d="M5 7h4.2a2 2 0 0 1 0 4H7M7 5L5 7l2 2" class="line ground"/>`,
  'return-hollow': svg`<rect x="1.5" y="1.5" width="13" height="13" rx="3.5" class="line"/><path d="M5 7h4.2a2 2 0 0 1 0 4H7M7 5L5 7l2 2" class="line"/>`,
  octagon: svg`<path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" fill="currentColor"/><path d="M8 4.4v4.4M8 11v.4" class="line ground"/>`,
  cross: svg`<path d="M3 3l10 10M13 3L3 13" class="line thick"/>`,
  'cross-hollow': svg`<circle cx="8" cy="8" r="6.2" class="line"/><path d="M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8" class="line"/>`,
  diamond: svg`<path d="M8 1l7 7-7 7-7-7z" class="line"/><path d="M6.4 6.3c.3-2 3.4-1.6 3.1.3C9.3 7.7 8 7.7 8 9M8 10.9v.3" class="line"/>`,
  circle: svg`<circle cx="8" cy="8" r="5.5" class="line"/>`,
  dash: svg`<path d="M3 8h10" class="line thick"/>`,
  hand: svg`<path d="M4.5 8V4.5M7 7V3M9.5 7V3.5M12 8.5V5M4.5 8c-2-1-2.5.5-1.5 2l2 3c1 1.5 6 1.5 7-.5V8" class="line"/>`,
  slash: svg`<circle cx="8" cy="8" r="6" class="line"/><path d="M4 12l8-8" class="line"/>`,
  plus: svg`<path d="M8 2.5v11M2.5 8h11" class="line thick"/>`,
  minus: svg`<path d="M2.5 8h11" class="line thick"/>`,
  pencil: svg`<path d="M2.5 13.5l.8-3.2 7.6-7.6 2.4 2.4-7.6 7.6zM9.4 4.2l2.4 2.4" class="line"/>`,
  pause: svg`<path d="M5 3v10M11 3v10" class="line thick"/>`,
};

export function shape(name) {
  return SHAPES[name] ?? SHAPES.circle;
}

/** A status, or anything else with a family, a shape and a word. */
export function chip(look) {
  return html`<span class="status ${look.family}"><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">${shape(look.shape)}</svg> ${look.word}</span>`;
}

export function flowStatus(flow) {
  return html`${chip(flowLook(flow.status))}${flow.paused
    ? html` <span class="status quiet"><svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">${shape('pause')}</svg> paused</span>` : ''}`;
}

export function flowStatusWord(status) {
  return chip(flowLook(status));
}

export function stepStatus(status) {
  return chip(stepLook(status));
}
