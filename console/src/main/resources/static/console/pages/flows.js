/** The list of flows. The address contains the filter; rows never move under the pointer. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import {repeat} from '../lib/lit-html/directives/repeat.js';
import * as api from '../api.js';
import {COLUMNS} from '../model/columns.js';
import {flowsCli} from '../model/command.js';
import {countWithout, errorChips, facetChips, usedFilters} from '../model/facets.js';
import {asRows, beyondPage, merged} from '../model/rows.js';
import {Selection} from '../model/selection.js';
import {listTopic} from '../model/sse.js';
import {FLOW_STATUSES, flowLook, PARK_REASONS, parkedBecause, STEP_STATUSES, stepLook} from '../model/status.js';
import {count, visible} from '../model/text.js';
import {ago, duration, instant, isRelative, shownTime, typedTime} from '../model/time.js';
import {comparePath, TIMES, flowPath, flowsPath, incidentPath, orchestrationPath, restQuery} from '../model/url.js';
import {block, commandBlock, failed, loading, said, time} from '../parts/bits.js';
import {BulkDialog} from '../parts/bulk.js';
import {flowStatus, flowStatusWord} from '../parts/icon.js';

const LIMIT = 50;
const FIELDS = [
  ['orchestration', 'Orchestration', 'its name'],
  ['step', 'Step', 'at it, or failed there'],
  ['error', 'Error', 'part of the message'],
  ['search', 'Find', 'part of the flowId or search value'],
  ['from', 'From', '-1h or 2026-11-29 02:00'],
  ['to', 'To', '-10m or 2026-11-29 03:00'],
];

/** Filters that are needed seldom, of orchestrators that count what matches. */
const MORE_FIELDS = [
  ['key', 'Search value', 'exactly'],
  ['id', 'flowId', 'its beginning'],
  ['version', 'Version', 'a number'],
  ['worker', 'Worker', 'the service that answered'],
  ['workerVersion', 'Worker version', 'the one that answered'],
  ['job', 'Bulk job', 'its id'],
  ['endedFrom', 'Ended from', '-1h'],
  ['endedTo', 'Ended to', '-10m'],
  ['updatedFrom', 'Changed from', '-1h'],
  ['updatedTo', 'Changed to', '-10m'],
];
const CHOICES = [
  ['stepStatus', 'Status of the step', [['', 'any'], ...STEP_STATUSES.map((status) => [status, stepLook(status).word])]],
  ['parkReason', 'Parked because', [['', 'any'], ...PARK_REASONS.map((reason) => [reason, parkedBecause(reason)])]],
  ['paused', 'Paused', [['', 'any'], ['true', 'paused'], ['false', 'not paused']]],
  ['inDoubt', 'In doubt', [['', 'any'], ['true', 'with a step in doubt'], ['false', 'without']]],
  ['leftStanding', 'Left standing', [['', 'any'], ['true', 'with effects left standing'], ['false', 'without']]],
  ['sort', 'Order', [['', 'newest start first'], ['startedAt', 'oldest start first'], ['-updatedAt', 'last changed first'], ['updatedAt', 'unchanged the longest first'], ['dueAt', 'due next first']]],
];
const WORDS = {status: 'Status', fingerprint: 'Error group', ...Object.fromEntries([...FIELDS, ...MORE_FIELDS, ...CHOICES.slice(0, -1)].map(([name, word]) => [name, word]))};
/** The columns that older orchestrators do not fill. */
const COUNTED = new Set(['at', 'error', 'fingerprint', 'due']);

const FACETS = 'status,orchestration,step,fingerprint';

export class FlowsPage {
  constructor(app, {filter}) {
    this.app = app;
    this.filter = filter;
    this.rows = null;
    this.newer = 0;
    this.selection = new Selection();
    this.expanded = new Set();
  }

  title() {
    return 'Flows';
  }

  /** The first page only: an older one changes seldom, and is read every two seconds. */
  topics() {
    if (this.topic === undefined) {
      // All who look at the last hour share one topic, and the server moves that hour on.
      this.topic = listTopic(restQuery(this.filter, Date.now(), true));
    }
    return this.filter.cursor ? [] : [this.topic];
  }

  /** The query of REST; a relative time becomes the one that it means now. */
  query() {
    let query;
    try {
      query = restQuery(this.filter, Date.now());
    } catch (e) {
      throw e instanceof RangeError ? new api.Problem(400, e.message, {}) : e;
    }
    query.set('limit', LIMIT);
    return query;
  }

  async load(signal) {
    const query = this.query();
    if (this.counts) {
      query.set('facets', FACETS);
    }
    const page = await api.json(`api/flows?${query}`, {signal});
    // Older orchestrators count nothing, and refuse what they do not know.
    this.counts ??= page.total !== undefined;
    this.page = page;
    if (this.rows === null || this.rows.length === 0) {
      this.show();
    } else {
      const isFull = page.nextCursor && page.flows.length > 0;
      const next = merged(this.rows, page.flows, (flow) => flow.flowId, isFull ? beyondPage(this.filter.sort ?? '', page.flows.at(-1)) : undefined);
      this.rows = next.rows;
      this.newer = next.newer;
    }
    return {complete: page.complete, note: page.note, lagMs: page.lagMs};
  }

  /** Shows the newest answer as it is. */
  show() {
    this.rows = asRows(this.page?.flows ?? []);
    this.newer = 0;
  }

  key(event) {
    if (event.key === '.' && this.newer > 0) {
      this.show();
      return true;
    }
    if (event.key === 'c') {
      this.app.copyText(this.command());
      return true;
    }
    const row = this.rows?.[this.app.row]?.item.flowId;
    if (event.key === 'x' && row !== undefined) {
      this.selection.toggle(row, this.shown());
      return true;
    }
    if (event.key === 'X' && row !== undefined) {
      this.selection.range(row, this.shown());
      return true;
    }
    if (event.key === '*' && this.rows?.length > 0) {
      this.selection.all();
      return true;
    }
    if (event.key === 'e' && row !== undefined) {
      this.expand(row, !this.expanded.has(row));
      return true;
    }
    if (event.key === 'r' && !this.selection.isEmpty) {
      this.bulk('retry');
      return true;
    }
    return false;
  }

  expand(flowId, isOpen) {
    isOpen ? this.expanded.add(flowId) : this.expanded.delete(flowId);
  }

  shown() {
    return this.rows.map((row) => row.item.flowId);
  }

  /** Asks all selected flows for the same. */
  bulk(verb) {
    const {selection} = this;
    const query = this.query();
    ['limit', 'cursor', 'sort', 'facets'].forEach((name) => query.delete(name));
    new BulkDialog(this.app, {
      verb,
      filter: selection.isAll ? query.toString() : null,
      flowIds: selection.isAll ? null : [...selection.ids],
      flows: selection.size(this.matching()),
      step: this.filter.step,
    }).open();
  }

  /** How many flows match; null when nobody knows. */
  matching() {
    return this.page.total?.count ?? (this.page.nextCursor || this.filter.cursor ? null : this.page.flows.length);
  }

  selected() {
    const {selection} = this;
    if (selection.isEmpty) {
      return '';
    }
    const n = selection.size(this.matching());
    const more = this.page.nextCursor && !selection.isAll && this.shown().every((flowId) => selection.has(flowId));
    return html`<div class="selected" role="status"><strong>${n === null ? 'All flows that match are selected' : `${count(n, 'flow')} selected`}</strong>
      ${more ? html`<button type="button" @click=${() => { selection.all(); this.app.draw(); }}>Select all that match, not only this page</button>` : ''}
      ${['retry', 'undo', 'resume'].map((verb) => html`<button type="button" class=${verb === 'retry' ? 'primary' : ''} data-bulk=${verb} @click=${() => this.bulk(verb)}>${verb[0].toUpperCase() + verb.slice(1)}…</button>`)}
      <button type="button" @click=${() => this.bulk('cancel')}>More…</button>
      ${!selection.isAll && selection.ids.size === 2 ? html`<a href=${this.app.href(comparePath(...selection.ids))}>Compare</a>` : ''}
      <button type="button" @click=${() => { selection.clear(); this.app.draw(); }}>Clear</button></div>`;
  }

  go(change) {
    this.app.go(flowsPath({...this.filter, cursor: '', ...change}));
  }

  toggle(status) {
    const now = this.filter.status;
    this.go({status: now.includes(status) ? now.filter((other) => other !== status) : [...now, status]});
  }

  view() {
    const facets = this.page?.facets;
    return html`<h1>Flows</h1>
      <div class="chips" role="group" aria-label="Status">${FLOW_STATUSES.map((status) => html`
        <button type="button" class="chip ${flowLook(status).family}" aria-pressed=${this.filter.status.includes(status) ? 'true' : 'false'}
          @click=${() => this.toggle(status)}>${flowStatusWord(status)}${facets?.status ? ` ${(facets.status[status] ?? 0).toLocaleString('en')}` : ''}</button>`)}</div>
      ${facets ? html`${this.facet('Orchestration', 'orchestration', facetChips(facets.orchestration, [this.filter.orchestration]))}
        ${this.facet('Step', 'step', facetChips(facets.step, [this.filter.step]))}
        ${this.facet('Error', 'fingerprint', errorChips(facets.fingerprint, this.filter.fingerprint))}` : ''}
      <div class="filters">${FIELDS.map((field) => this.field(field))}
        ${TIMES.some((name) => isRelative(this.filter[name])) ? html`<button type="button" @click=${() => this.pin()}>Pin the time</button>` : ''}
        <button type="button" @click=${() => this.app.go('flows')}>Clear</button></div>
      ${this.counts ? html`<details class="more" ?open=${this.usesMore()}><summary>More filters</summary><div class="filters">
        ${MORE_FIELDS.map((field) => this.field(field))}
        ${CHOICES.map(([name, word, options]) => html`<label>${word} <select name=${name} @change=${(event) => this.go({[name]: event.target.value})}>
          ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === this.filter[name]}>${text}</option>`)}</select></label>`)}</div></details>` : ''}
      ${this.problem ? failed(this.problem) : ''}
      ${this.rows === null ? (this.problem ? '' : loading()) : this.list()}`;
  }

  usesMore() {
    return [...MORE_FIELDS, ...CHOICES].some(([name]) => this.filter[name]);
  }

  field([name, word, hint]) {
    const isTime = TIMES.includes(name);
    const {zone} = this.app;
    return html`<label>${word}
      <input name=${name} placeholder=${hint} autocomplete="off" maxlength="300" .value=${live(this.typed?.[name] ?? (isTime ? shownTime(this.filter[name], zone) : this.filter[name]))}
        @input=${(event) => { this.typed = {...this.typed, [name]: event.target.value}; }}
        @change=${(event) => this.go({[name]: isTime ? typedTime(event.target.value, zone) : event.target.value})}></label>`;
  }

  /** Makes relative times those that they mean now, so that a link stays what it is. */
  pin() {
    this.go(Object.fromEntries(TIMES.filter((name) => isRelative(this.filter[name])).map((name) => [name, instant(this.filter[name], Date.now())])));
  }

  /** One row of chips; a facet with a single value says nothing unless it is chosen. */
  facet(word, name, chips) {
    return chips.length < 2 && !chips.some((chip) => chip.isOn) ? '' : html`<div class="chips facet" role="group" aria-label=${word}><span>${word}</span>${chips.map((chip) => html`
      <button type="button" class="chip" title=${visible(chip.word)} aria-pressed=${chip.isOn ? 'true' : 'false'}
        @click=${() => this.go({[name]: chip.isOn ? '' : chip.value})}>${said(chip.word, 48)} ${chip.n.toLocaleString('en')}</button>`)}</div>`;
  }

  list() {
    if (this.rows.length === 0) {
      return this.none();
    }
    return html`
      ${this.newer > 0 ? html`<p><button type="button" class="newer" @click=${() => { this.show(); this.app.draw(); }}>${count(this.newer, this.filter.sort ? 'other flow' : 'newer flow')} · show</button></p>` : ''}
      ${this.selected()}
      <div class="table"><table class="cards"><thead><tr><th class="pick"><input type="checkbox" aria-label="Select this page" .checked=${live(this.shown().every((flowId) => this.selection.has(flowId)))}
        @change=${() => { this.selection.page(this.shown()); this.app.draw(); }}></th><th>Status</th><th>Flow</th>${this.columns().map(([, word]) => html`<th>${word}</th>`)}</tr></thead>
      <tbody>${repeat(this.rows, (row) => row.item.flowId, (row) => this.row(row))}</tbody></table></div>
      <p class="pages">${this.page.total ? html`${count(this.rows.length, 'flow')} of ${this.page.total.exact ? '' : 'about '}${this.page.total.count.toLocaleString('en')}`
        : html`${count(this.rows.length, 'flow')}${this.page.nextCursor ? '' : ', no older ones match'}`}
        ${this.page.reachesBackTo ? html`<span>Complete since ${time(this.page.reachesBackTo, this.app)}</span>` : ''}
        ${this.filter.cursor ? html`<a href=${this.app.href(flowsPath({...this.filter, cursor: ''}))}>Newest</a>` : ''}
        ${this.page.nextCursor ? html`<a rel="next" href=${this.app.href(flowsPath({...this.filter, cursor: this.page.nextCursor}))}>Older</a>` : ''}</p>
      <details><summary>Columns</summary><div class="chips">${COLUMNS.map(([name, word]) => html`<label class="inline"><input type="checkbox" name=${`column-${name}`}
        .checked=${live(this.app.columns.has(name))} @change=${() => this.app.turnColumn(name)}> ${word}</label>`)}</div></details>
      <details><summary>As a command</summary>${commandBlock(this.command(), this.app)}</details>`;
  }

  /** The columns that are shown, of those that this orchestrator can fill. */
  columns() {
    return COLUMNS.filter(([name]) => this.app.columns.has(name) && (this.counts || !COUNTED.has(name)));
  }

  cell(name, flow) {
    switch (name) {
      case 'key':
        return flow.searchValue ? said(flow.searchValue, 60) : '';
      case 'orchestration':
        return html`<a href=${this.app.href(orchestrationPath(flow.orchestrationName))}>${said(flow.orchestrationName, 60)}</a>${flow.version ? ` v${flow.version}` : ''}`;
      case 'at':
        return html`${said((flow.currentSteps ?? []).join(', '), 80)}${flow.attempts > 1 ? html`<small>${count(flow.attempts, 'attempt')}</small>` : ''}`;
      case 'error':
        return flow.error ? html`<details class="error" ?open=${this.expanded.has(flow.flowId)} @toggle=${(event) => this.expand(flow.flowId, event.target.open)}><summary>${said(flow.error, 80)}</summary>${block(flow.error)}</details>` : '';
      case 'fingerprint':
        return flow.fingerprint ? html`<a href=${this.app.href(incidentPath(flow.fingerprint))}>${flow.fingerprint}</a>` : '';
      case 'started':
        return time(flow.startedAt, this.app);
      case 'changed':
        return ago(flow.updatedAt, Date.now());
      case 'due':
        return flow.dueAt ? time(flow.dueAt, this.app) : '';
      default:
        return flow.completedAt ? duration(Date.parse(flow.completedAt) - Date.parse(flow.startedAt)) : '';
    }
  }

  row({item: flow, gone}) {
    return html`<tr data-row class=${gone ? 'gone' : ''}>
      <td class="pick"><input type="checkbox" aria-label="Select ${visible(flow.flowId)}" .checked=${live(this.selection.has(flow.flowId))}
        @click=${(event) => this.pick(event, flow.flowId)}></td>
      <td>${flowStatus(flow)}${flow.parkReason ? html`<small>${parkedBecause(flow.parkReason)}</small>` : ''}${gone ? html`<small>no longer matches</small>` : ''}</td>
      <td data-label="Flow"><a data-open href=${this.app.href(flowPath(flow.flowId))}>${said(flow.flowId, 80)}</a></td>
      ${this.columns().map(([name, word]) => html`<td data-label=${word}>${this.cell(name, flow)}</td>`)}</tr>`;
  }

  /** With Shift, every row from the last one. */
  pick(event, flowId) {
    event.shiftKey ? this.selection.range(flowId, this.shown()) : this.selection.toggle(flowId, this.shown());
    this.app.draw();
  }

  none() {
    const used = usedFilters(this.filter, WORDS).map(({name, word}) => {
      const n = countWithout(this.page?.facets, name);
      return [n === undefined ? word : `${word} (${n.toLocaleString('en')})`, {[name]: name === 'status' ? [] : ''}];
    });
    return used.length === 0
      ? html`<p class="empty">There is no flow yet. Start one: ./doundo start NAME --payload JSON --wait</p>`
      : html`<p class="empty">No flow matches. Without ${used.map(([word, change], i) => html`${i > 0 ? ', ' : ''}<a
          href=${this.app.href(flowsPath({...this.filter, cursor: '', ...change}))}>${word}</a>`)}?</p>`;
  }

  command() {
    return flowsCli(this.filter, Date.now());
  }
}

