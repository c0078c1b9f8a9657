/** What needs a person, and whether everything else moves. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {byLabel, overviewSentence} from '../model/metrics.js';
import {listTopic} from '../model/sse.js';
import {flowLook, parkedBecause} from '../model/status.js';
import {ago} from '../model/time.js';
import {flowPath, flowsPath, orchestrationPath} from '../model/url.js';
import {commandBlock, failed, loading, said} from '../parts/bits.js';
import {flowStatusWord} from '../parts/icon.js';

const OPEN = ['PARKED', 'UNDOING', 'WAITING', 'IN_PROGRESS'];
const METERS = 'actuator/prometheus?includedNames=doundo_flows,doundo_parked';
const DAY = 86_400_000;

/** Data that is read from topics each time, or seldom changes, is requested less often. */
const SELDOM_MS = 10_000;

export class OverviewPage {
  constructor(app) {
    this.app = app;
  }

  title() {
    return 'Overview';
  }

  topics() {
    return this.searchOff ? [] : [listTopic('status=PARKED'), listTopic('')];
  }

  async load(signal) {
    const [flows, meters, moving] = await Promise.all([
      optional(api.json('api/flows?status=PARKED&limit=5', {signal})),
      optional(api.text(METERS, {signal})),
      optional(api.json('api/flows?limit=5', {signal})),
    ]);
    if (!this.ready || Date.now() - this.seldomAt > SELDOM_MS) {
      const [definitions, letters] = await Promise.all([
        api.json('api/orchestrations', {signal}),
        optional(api.json('api/dead-letters?limit=100', {signal})),
      ]);
      this.definitions = definitions.orchestrations;
      this.letters = letters;
      this.seldomAt = Date.now();
    }
    this.searchOff = flows === null;
    this.parked = flows?.flows ?? [];
    this.newest = moving?.flows ?? [];
    this.counts = meters ? byLabel(meters.text, 'doundo_flows', 'status') : null;
    this.reasons = meters ? byLabel(meters.text, 'doundo_parked', 'reason') : {};
    this.ready = true;
    return {complete: flows?.complete ?? true, note: flows?.note};
  }

  view() {
    if (!this.ready) {
      return this.problem ? failed(this.problem) : loading();
    }
    if (this.definitions.length === 0 && this.newest.length === 0) {
      return this.empty();
    }
    return html`
      <p class="headline">${this.counts && Object.keys(this.counts).length > 0 ? overviewSentence(this.counts)
        : this.parked.length > 0 ? 'Flows wait for you.' : 'No flow waits for you.'}</p>
      ${this.searchOff ? html`<p class="note">Flow lists are disabled (doundo.search.enabled=false), so flows are not counted here. Single flows can be opened with the find box.</p>` : html`
        <ul class="tiles">${OPEN.map((status) => this.tile(status))}${this.lettersTile()}</ul>`}
      ${this.needsYou()}
      ${this.unserved()}
      ${this.newest.length > 0 ? html`<section><h2>Newest flows</h2>${rows(this.newest, this.app)}</section>` : ''}`;
  }

  tile(status) {
    const known = this.counts?.[status];
    const reasons = status === 'PARKED' ? Object.entries(this.reasons).filter(([, n]) => n > 0) : [];
    return html`<li><a class="tile ${flowLook(status).family}" href=${this.app.href(flowsPath({status: [status]}))}>
      ${flowStatusWord(status)}<strong>${known === undefined ? '–' : known.toLocaleString('en')}</strong>
      ${reasons.map(([reason, n]) => html`<small>${n.toLocaleString('en')}: ${parkedBecause(reason)}</small>`)}</a></li>`;
  }

  lettersTile() {
    if (!this.letters) {
      return '';
    }
    const recent = this.letters.deadLetters.filter((letter) => Date.parse(letter.timestamp) > Date.now() - DAY).length;
    const more = this.letters.nextCursor && recent === this.letters.deadLetters.length ? '+' : '';
    return html`<li><a class="tile ${recent > 0 ? 'stop' : 'quiet'}" href=${this.app.href('dead-letters')}>
      <span>Dead letters, 24 h</span><strong>${recent.toLocaleString('en')}${more}</strong></a></li>`;
  }

  needsYou() {
    return this.parked.length === 0 ? '' : html`<section><h2>Needs you</h2>${rows(this.parked, this.app)}
      <p><a href=${this.app.href(flowsPath({status: ['PARKED']}))}>All parked flows</a></p></section>`;
  }

  unserved() {
    const missing = this.definitions.filter((definition) => definition.unservedSteps?.length > 0);
    return missing.length === 0 ? '' : html`<section><h2>Steps that nobody has declared to serve</h2><ul>
      ${missing.map((definition) => html`<li><a href=${this.app.href(orchestrationPath(definition.name))}>${said(definition.title ?? definition.name)}</a>:
        ${said(definition.unservedSteps.join(', '))}</li>`)}</ul></section>`;
  }

  empty() {
    return html`<p class="headline">Nothing is registered yet.</p>
      <p>Register an orchestration, start a flow and look at it:</p>
      ${['./doundo register registration-examples/initiator-registration.yaml', "./doundo start tenantCreation --payload '{\"tenantName\":\"acme\"}' --wait", './doundo flows']
        .map((line) => commandBlock(line, this.app))}`;
  }
}

/** Data that this orchestrator has disabled or hides from this key does not fail the page. */
async function optional(answer) {
  try {
    return await answer;
  } catch (e) {
    if (e instanceof api.Problem && (e.isAbsent || e.status === 403 || e.status === 404)) {
      return null;
    }
    throw e;
  }
}

function rows(flows, app) {
  return html`<div class="table"><table><thead><tr><th>Status</th><th>Flow</th><th>Orchestration</th><th>Changed</th></tr></thead><tbody>
    ${flows.map((flow) => html`<tr data-row><td>${flowStatusWord(flow.status)}</td>
      <td><a data-open href=${app.href(flowPath(flow.flowId))}>${said(flow.flowId, 80)}</a></td>
      <td>${said(flow.orchestrationName, 60)}${flow.parkReason ? html`<small>${parkedBecause(flow.parkReason)}</small>` : ''}</td>
      <td>${ago(flow.updatedAt, Date.now())}</td></tr>`)}</tbody></table></div>`;
}

