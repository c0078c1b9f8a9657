/** The tree of the parts of a flow. A part is read when it is opened. */
import {html, svg} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {barOf, partLook, progressText, stepsWithParts} from '../model/family.js';
import {flowSentence} from '../model/status.js';
import {count, visible} from '../model/text.js';
import {flowApi, flowPath, flowsPath} from '../model/url.js';
import {said} from './bits.js';
import {chip} from './icon.js';

/** More are shown on request; the server names a hundred at most. */
const FIRST = 20;

/** The server lets a page follow eight topics; one is the flow itself. */
const FOLLOWED = 7;

export class Family {
  constructor(app) {
    this.app = app;
    // The parts that are open, by flowId: the flow, or why it cannot be read.
    this.open = new Map();
    this.whole = new Set();
  }

  /** The open parts whose changes the page hears of at once; it reads the others now and then. */
  followed() {
    return [...this.open.keys()].slice(-FOLLOWED);
  }

  /** Reads the open parts again. */
  async reload() {
    await Promise.all([...this.open.keys()].map((flowId) => this.read(flowId)));
  }

  async toggle(flowId) {
    if (this.open.delete(flowId)) {
      this.app.draw();
      return;
    }
    this.open.set(flowId, {});
    this.app.draw();
    await this.read(flowId);
    this.app.draw();
    // From now on the page follows the part, too.
    this.app.hint();
  }

  async read(flowId) {
    let found;
    try {
      found = {flow: await api.json(flowApi(flowId))};
    } catch (e) {
      if (!(e instanceof api.Problem) || e.status === 401) {
        throw e;
      }
      found = {failed: e.message};
    }
    if (this.open.has(flowId)) {
      this.open.set(flowId, found);
    }
  }

  /** Nothing for a flow whose steps have no parts. */
  view(flow) {
    const steps = stepsWithParts(flow);
    return steps.length === 0 ? '' : html`<section class="family"><h2>Parts</h2>${steps.map((step) => this.step(flow, step))}</section>`;
  }

  step(flow, step) {
    const {parts} = step;
    const key = `${flow.flowId} ${step.name}`;
    const lines = parts.flows ?? [];
    const shown = this.whole.has(key) ? lines : lines.slice(0, FIRST);
    const hidden = lines.length - shown.length;
    return html`<div class="parts"><h3>${said(step.name, 80)}</h3>
      ${bar(parts)}<p>${progressText(parts)}${parts.attempt > 1 ? `, attempt ${parts.attempt}` : ''}${parts.repairing ? `, ${parts.repairing} undoing a late effect` : ''}</p>
      <ul class="tree">${shown.map((part) => this.part(part))}</ul>
      ${hidden > 0 ? html`<p><button type="button" @click=${() => { this.whole.add(key); this.app.draw(); }}>${count(hidden, 'further part')} · show</button></p>` : ''}
      ${parts.begun > lines.length ? html`<p><a href=${this.app.href(flowsPath({parent: flow.flowId, parts: 'true'}))}>All parts in a list</a></p>` : ''}</div>`;
  }

  part(part) {
    const found = this.open.get(part.flowId);
    return html`<li><button type="button" class="twist" aria-expanded=${found ? 'true' : 'false'} aria-label=${`What ${visible(part.flowId)} does`}
        @click=${() => this.toggle(part.flowId)}>${found ? '−' : '+'}</button>
      ${chip(partLook(part))} <a data-open href=${this.app.href(flowPath(part.flowId))}>${said(part.flowId, 120)}</a>
      ${found ? this.inside(found) : ''}</li>`;
  }

  inside({flow, failed}) {
    if (failed) {
      return html`<p class="note">${visible(failed)}</p>`;
    }
    return flow ? html`<p>${visible(flowSentence(flow))}</p>${stepsWithParts(flow).map((step) => this.step(flow, step))}` : html`<p class="loading">Reading…</p>`;
  }
}

/** The text beside it says the same. */
function bar(parts) {
  return html`<svg class="progress" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    ${barOf(parts).map((piece) => svg`<rect class=${piece.family === 'quiet' ? 'left' : piece.family} x=${piece.x} y="0" width=${piece.width} height="6"/>`)}</svg>`;
}
