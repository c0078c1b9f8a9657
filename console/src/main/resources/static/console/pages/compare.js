/** Two flows side by side: where they part, and what they were started with. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {comparedFields, comparedSteps, divergence, times} from '../model/compare.js';
import {member} from '../model/json.js';
import {flowSentence, stepLook} from '../model/status.js';
import {count, visible} from '../model/text.js';
import {duration} from '../model/time.js';
import {comparePath, flowApi, flowPath, orchestrationPath} from '../model/url.js';
import {failed, loading, said, time} from '../parts/bits.js';
import {flowStatus, stepStatus} from '../parts/icon.js';

/** More differences than this are counted, not listed. */
const MOST_FIELDS = 300;

const PARTS = [['payload', 'Payload'], ['headers', 'Headers'], ['result', 'Result']];

export class ComparePage {
  constructor(app, {a, b}) {
    this.app = app;
    this.a = a;
    this.b = b;
  }

  title() {
    return 'Compare';
  }

  async load(signal) {
    if (!this.a) {
      return {complete: true};
    }
    if (!this.b) {
      await this.findGood(signal);
      return {complete: true};
    }
    const [rawA, rawB] = await Promise.all([this.a, this.b].map(async (flowId) => (await api.text(flowApi(flowId), {signal})).text));
    if (rawA !== this.rawA || rawB !== this.rawB) {
      Object.assign(this, {rawA, rawB, flowA: JSON.parse(rawA), flowB: JSON.parse(rawB)});
      this.steps = comparedSteps(this.flowA.steps, this.flowB.steps);
      this.fields = PARTS.map(([name, word]) => [word, comparedFields(member(rawA, name), member(rawB, name))]);
    }
    return {complete: true};
  }

  /** The newest flow of the same orchestration that has completed. */
  async findGood(signal) {
    const flow = await api.json(flowApi(this.a), {signal});
    const query = new URLSearchParams({orchestration: flow.orchestrationName, status: 'COMPLETED', limit: '2'});
    const page = await api.json(`api/flows?${query}`, {signal});
    const good = page.flows.find((other) => other.flowId !== this.a);
    if (good) {
      this.app.replace(comparePath(this.a, good.flowId));
    } else {
      this.noGood = flow.orchestrationName;
    }
  }

  view() {
    return html`<h1>Compare</h1>
      <form class="filters" @submit=${(event) => this.choose(event)}>
        <label>Flow A <input name="a" required maxlength="300" autocomplete="off" value=${this.a}></label>
        <label>Flow B <input name="b" maxlength="300" autocomplete="off" value=${this.b} placeholder="the last one that completed"></label>
        <button class="primary">Compare</button>
        ${this.a && this.b ? html`<a href=${this.app.href(comparePath(this.b, this.a))}>Swap</a>` : ''}</form>
      ${this.problem ? failed(this.problem) : ''}
      ${this.noGood ? html`<p class="empty">No other flow of ${said(this.noGood, 80)} has completed, as far as the list reaches back. Name the flow to compare with.</p>`
        : !this.a ? html`<p class="empty">Name a flow, or press “Compare” on the page of one.</p>`
          : this.steps ? this.both() : this.problem ? '' : loading()}`;
  }

  choose(event) {
    event.preventDefault();
    const {a, b} = event.target.elements;
    this.app.go(comparePath(a.value.trim(), b.value.trim()));
  }

  both() {
    return html`<p class="headline">${visible(divergence(this.steps, (status) => stepLook(status).word))}</p>
      <div class="table"><table class="compare"><thead><tr><th></th><th>A</th><th>B</th></tr></thead><tbody>
        ${this.row('Flow', (flow) => html`<a data-open href=${this.app.href(flowPath(flow.flowId))}>${said(flow.flowId, 80)}</a>`)}
        ${this.row('Status', (flow) => html`${flowStatus(flow)}<small>${visible(flowSentence(flow))}</small>`)}
        ${this.row('Orchestration', (flow) => html`<a href=${this.app.href(orchestrationPath(flow.orchestrationName, {version: flow.version}))}>${said(flow.orchestrationName, 60)}</a>${flow.version ? ` v${flow.version}` : ''}`)}
        ${this.row('Started', (flow) => time(flow.startedAt, this.app))}
        ${this.row('Took', (flow) => (flow.completedAt ? duration(Date.parse(flow.completedAt) - Date.parse(flow.startedAt)) : 'has not ended'))}
      </tbody></table></div>
      ${this.versions()}
      <h2>Steps</h2>
      <div class="table"><table class="compare"><thead><tr><th>Step</th><th>A</th><th>B</th><th>B takes</th></tr></thead><tbody>
        ${this.steps.rows.map((row, i) => html`<tr data-row class=${i === this.steps.first ? 'parting' : row.way || row.effort ? 'differs' : ''}>
          <td>${said(row.name, 80)}${i === this.steps.first ? html`<small>the first difference</small>` : ''}</td>
          <td data-label="A">${side(row.a)}</td><td data-label="B">${side(row.b)}</td><td data-label="B takes">${times(row.ratio)}</td></tr>`)}</tbody></table></div>
      ${this.fields.map(([word, fields]) => this.diff(word, fields))}`;
  }

  row(word, cell) {
    return html`<tr data-row><td>${word}</td><td data-label="A">${cell(this.flowA)}</td><td data-label="B">${cell(this.flowB)}</td></tr>`;
  }

  versions() {
    const [a, b] = [this.flowA, this.flowB];
    if (a.orchestrationName !== b.orchestrationName) {
      return html`<p class="note">The flows are of different orchestrations.</p>`;
    }
    if (!a.version || !b.version || a.definition === b.definition) {
      return '';
    }
    const [older, newer] = [Math.min(a.version, b.version), Math.max(a.version, b.version)];
    return html`<p>They run on different versions: <a href=${this.app.href(orchestrationPath(a.orchestrationName, {version: newer, diff: older}))}>what v${newer} changes against v${older}</a></p>`;
  }

  diff(word, fields) {
    const name = word.toLowerCase();
    const has = (raw) => member(raw, name) !== undefined;
    if (!has(this.rawA) && !has(this.rawB)) {
      return '';
    }
    if (fields === null) {
      return html`<h2>${word}</h2><p class="note">Only ${has(this.rawA) ? 'A' : 'B'} has it, so there is nothing to compare.</p>`;
    }
    return fields.length === 0 ? html`<h2>${word}</h2><p class="note">The same in both.</p>` : html`<h2>${word}</h2>
      <div class="table"><table class="compare"><thead><tr><th>Field</th><th>A</th><th>B</th></tr></thead><tbody>
        ${fields.slice(0, MOST_FIELDS).map((field) => html`<tr data-row><td><code>${said(field.path || '(all of it)', 200)}</code></td>
          <td data-label="A">${value(field.a)}</td><td data-label="B">${value(field.b)}</td></tr>`)}</tbody></table></div>
      ${fields.length > MOST_FIELDS ? html`<p class="note">${count(fields.length - MOST_FIELDS, 'more difference')} not listed.</p>` : ''}`;
  }
}

function value(source) {
  return source === undefined ? html`<span class="none">not there</span>` : html`<code>${said(source, 300)}</code>`;
}

function side(step) {
  if (!step) {
    return html`<span class="none">not a step of it</span>`;
  }
  const tries = step.attempts > 1 || step.undoAttempts > 0
    ? html`<small>${count(step.attempts, 'attempt')}${step.undoAttempts ? ` and ${count(step.undoAttempts, 'undo attempt')}` : ''}</small>` : '';
  const worker = [step.workerService, step.workerVersion].filter((word) => word).join(' ');
  return html`${stepStatus(step.status)}${tries}
    ${step.durationMs === null || step.durationMs === undefined ? '' : html`<small>${duration(step.durationMs)}</small>`}
    ${worker ? html`<small>${said(worker, 80)}</small>` : ''}
    ${step.errorMessage ? html`<small class="failure">${said(step.errorMessage, 160)}</small>` : ''}`;
}
