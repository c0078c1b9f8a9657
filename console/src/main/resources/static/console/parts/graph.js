/** Draws the steps of a flow as a graph; model/layout.js has placed them. */
import {html, svg} from '../lib/lit-html/lit-html.js';
import {layout, NODE} from '../model/layout.js';
import {stepLook} from '../model/status.js';
import {cut} from '../model/text.js';
import {chip, shape} from './icon.js';

const MARGIN = 6;

/** If there are more steps than this, only the table is shown. */
const MOST = 200;

/** How a step looks that differs between two versions. */
const MARKS = {
  ADDED: {family: 'done', shape: 'plus', word: 'added'},
  REMOVED: {family: 'stop', shape: 'minus', word: 'removed'},
  CHANGED: {family: 'back', shape: 'pencil', word: 'changed'},
};

/**
 * @param steps the steps of the definition
 * @param states the flow's steps by name, or null when only a definition is drawn
 * @param marks what differs from another version, as model/diff.js finds it
 */
export function graph(steps, states, onPick, marks) {
  if (steps.length > MOST) {
    return html`<p class="note">${steps.length} steps are too many to draw; the table has them.</p>`;
  }
  const placed = layout(steps);
  const byName = new Map(steps.map((step) => [step.name, step]));
  const width = placed.width + 2 * MARGIN;
  const height = placed.height + 2 * MARGIN;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Graph of the steps; the table below has the same">
    <svg class="graph" width=${width} height=${height} viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" aria-hidden="true">
      ${placed.edges.map((edge) => svg`<path class="edge ${marks?.edge(edge) ?? ''}" d="M${edge.x1} ${edge.y1}C${edge.x1 + 28} ${edge.y1 + edge.bend} ${edge.x2 - 28} ${edge.y2 + edge.bend} ${edge.x2} ${edge.y2}"/>`)}
      ${placed.nodes.map((node) => box(node, byName.get(node.name), states?.get(node.name), onPick, marks?.nodes.get(node.name)))}
    </svg></div>`;
}

function box(node, step, state, onPick, mark) {
  const look = mark ? MARKS[mark] : state ? stepLook(state.status) : {family: 'plain', shape: null, word: kind(step)};
  const tries = state && state.attempts > 1 ? ` ×${state.attempts}` : '';
  const name = cut(node.name, 20);
  return svg`<g class="node ${look.family}" transform="translate(${node.x} ${node.y})" @click=${() => onPick?.(node.name)}>
    <title>${node.name}: ${look.word}${step.pivot ? ', point of no return' : ''}${step.undoable ? '' : ', no undo'}</title>
    <rect width=${NODE.width} height=${NODE.height} rx="7"/>
    ${look.shape ? svg`<g transform="translate(9 6)" class="shape">${shape(look.shape)}</g>` : ''}
    <text x=${look.shape ? 31 : 12} y="19" class="name">${name}</text>
    <text x=${look.shape ? 31 : 12} y="36" class="word">${look.word}${tries}</text>
    ${step.pivot ? svg`<path class="pivot" d="M${NODE.width - 14} 7l6 6-6 6-6-6z"/>` : ''}
  </g>`;
}

function kind(step) {
  const parts = [step.kind === 'remote' ? '' : step.kind, step.pivot ? 'point of no return' : step.undoable || step.kind !== 'remote' ? '' : 'no undo'];
  return parts.filter((part) => part).join(', ') || 'step';
}

/** A change between two versions as a word with its shape. */
export function change(name) {
  return chip(MARKS[name]);
}
