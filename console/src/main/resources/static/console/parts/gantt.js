/** Draws the bars of model/gantt.js: DO above each line, UNDO below it. */
import {html, svg} from '../lib/lit-html/lit-html.js';
import {scale} from '../model/gantt.js';
import {cut, visible} from '../model/text.js';
import {clock, duration} from '../model/time.js';

const LABEL = 168;
const WIDTH = 980;
const ROW = 38;
const BAR = 11;
const TOP = 24;

export function chart(bars, {zone, skipIdle}) {
  const x = scale(bars, skipIdle);
  const room = WIDTH - LABEL - 16;
  const place = (at) => LABEL + x(at) * room;
  const height = TOP + bars.rows.length * ROW + 8;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Timeline of the steps as bars; the tab Timeline has the same">
    <svg class="gantt" width=${WIDTH} height=${height} viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true">
      <defs><pattern id="hatch" width="6" height="6" patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><path d="M0 0v6" class="hatch"/></pattern></defs>
      <text x=${LABEL} y="14" class="axis">${clock(bars.from, zone)}</text>
      <text x=${WIDTH - 16} y="14" class="axis end">${clock(bars.to, zone)}</text>
      ${bars.rows.map((row, i) => line(row, TOP + i * ROW, place))}
      ${bars.deeds.map((deed) => svg`<g class="deed"><title>${visible(deed.text)}</title><path d="M${place(deed.at)} ${TOP}V${height - 6}"/><circle cx=${place(deed.at)} cy=${TOP - 4} r="3.5"/></g>`)}
    </svg></div>`;
}

function line(row, y, place) {
  const middle = y + ROW / 2;
  return svg`<g>
    <text x="4" y=${middle + 4} class="label">${cut(row.name, 22)}</text>
    <path class="base" d="M${LABEL} ${middle}H${WIDTH - 16}"/>
    ${row.up.map((bar) => piece(bar, middle - BAR - 1, 'do', place))}
    ${row.down.map((bar) => piece(bar, middle + 1, 'undo', place))}
  </g>`;
}

const WORDS = {wait: 'waits', sent: 'sent', backoff: 'waits for the next attempt', doubt: 'in doubt', folded: 'folded'};
const ENDS = {success: ', succeeded', failed: ', failed', doubt: ', outcome unknown', deed: ', settled by an operator'};

function piece(bar, y, direction, place) {
  const x = place(bar.from);
  const width = Math.max(place(bar.to) - x, bar.kind === 'sent' ? 3 : 1);
  const words = `${direction.toUpperCase()} ${bar.attempt ? `attempt ${bar.attempt} ` : ''}${WORDS[bar.kind]} ${duration(bar.to - bar.from)}`
    + `${bar.open ? ' so far' : ''}${bar.handler ? `, ${duration(bar.handler.to - bar.handler.from)} of it in the handler` : ''}${ENDS[bar.outcome] ?? ''}${bar.count ? ` ×${bar.count}` : ''}${bar.text ? `: ${cut(bar.text, 200)}` : ''}`;
  const middle = y + BAR / 2;
  if (bar.kind === 'wait' || bar.kind === 'backoff') {
    return svg`<g><title>${words}</title><path class="${bar.kind} ${direction}" d="M${x} ${middle}H${x + width}"/></g>`;
  }
  const end = bar.outcome === 'failed'
    ? svg`<path class="mark stop" d="M${x + width - 3} ${y + 1}l6 9m0-9l-6 9"/>`
    : '';
  const waited = bar.handler ? place(bar.handler.from) - x : 0;
  const rest = bar.handler ? x + width - place(bar.handler.to) : 0;
  return svg`<g><title>${words}</title><rect class="bar ${bar.kind} ${direction} ${bar.outcome ?? 'none'}" x=${x} y=${y} width=${width} height=${BAR} rx="2"/>${
    bar.kind === 'doubt' ? svg`<rect class="hatched" x=${x} y=${y} width=${width} height=${BAR}/>` : ''}${
    waited > 1 ? svg`<rect class="outside" x=${x} y=${y} width=${waited} height=${BAR}/>` : ''}${
    rest > 1 ? svg`<rect class="outside" x=${x + width - rest} y=${y} width=${rest} height=${BAR}/>` : ''}${
    bar.kind === 'folded' ? svg`<text class="axis" x=${x + width / 2} y=${y + 9}>×${bar.count}</text>` : ''}${end}</g>`;
}
