/** The dialog that makes a bulk job: what the flows are asked, why and how fast. Nothing is sent before the job is started. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {bulkBody, bulkCli, bulkCurl, refusedByCli} from '../model/command.js';
import {resendJobBody, resendJobCli} from '../model/letters.js';
import {count, visible} from '../model/text.js';
import {jobPath} from '../model/url.js';
import {commandBlock, tabs} from './bits.js';
import {enterSends, label, reasonField, rememberReason, RUN_TABS, VERBS} from './verbs.js';

const NEEDS_STEP = new Set(['skip', 'resolve']);
const ON_STEP = new Set(['retry', 'skip', 'resolve']);
const WITH_PAYLOAD = new Set(['retry', 'resolve']);

export class BulkDialog {
  /**
   * @param filter the query of the list, or null when flowIds are given
   * @param flows how many flows that is; null when nobody knows
   */
  constructor(app, {verb, filter, flowIds, flows, step}) {
    Object.assign(this, {app, filter, flowIds, flows});
    this.verb = verb ?? 'retry';
    this.step = step ?? '';
    this.payload = '';
    this.reason = '';
    this.rate = '20';
    this.tab = 'run';
    this.returnTo = document.activeElement;
  }

  open() {
    this.openedAt = performance.now();
    this.app.dialog = this;
    this.app.draw();
    this.element().showModal();
    this.element().querySelector('[data-first]')?.focus();
  }

  /** The page was read again; there is no preview here that it could make older. */
  play() {}

  element() {
    return document.getElementById('dialog');
  }

  close() {
    this.element()?.close();
    this.app.dialog = null;
    this.app.draw();
    this.returnTo?.focus?.();
  }

  set(name, value) {
    this[name] = value;
    this.app.draw();
  }

  get noun() {
    return 'flow';
  }

  many() {
    return this.flows === null ? `all ${this.noun}s that match` : count(this.flows, this.noun);
  }

  missing() {
    if (NEEDS_STEP.has(this.verb) && !this.step.trim()) {
      return 'Name the step.';
    }
    if (this.payload && WITH_PAYLOAD.has(this.verb)) {
      try {
        JSON.parse(this.payload);
      } catch (e) {
        return `The payload is no JSON: ${e.message}`;
      }
    }
    if (!this.reason.trim()) {
      return this.whyReason();
    }
    if (!/^\d{1,4}$/.test(this.rate) || Number(this.rate) < 1 || Number(this.rate) > 1000) {
      return `The number of ${this.noun}s a second must be 1 to 1000.`;
    }
    return this.app.isStale() ? 'The connection is lost. Nothing is sent until it is back.' : '';
  }

  whyReason() {
    return 'Write the reason; the audit log of each flow keeps it.';
  }

  body() {
    return bulkBody(this.request());
  }

  request() {
    return {
      verb: this.verb,
      filter: this.filter,
      flowIds: this.flowIds,
      step: ON_STEP.has(this.verb) ? this.step.trim() : '',
      payload: WITH_PAYLOAD.has(this.verb) ? this.payload.trim() : '',
      reason: this.reason.trim(),
      perSecond: Number(this.rate),
    };
  }

  /** The command line, or {refused} with the reason why it cannot be written. */
  line() {
    const request = this.request();
    const refused = refusedByCli(this.flowIds ?? [], [request.step, request.reason, request.payload]);
    return refused ? {refused} : {command: bulkCli(request)};
  }

  commands() {
    const line = this.line();
    return html`<h3>Command line</h3>${line.refused ? html`<p class="note">${line.refused}</p>` : commandBlock(line.command, this.app)}
      <p class="note">It shows the preview and asks before it starts; --dry-run only shows it.</p>
      <h3>curl</h3>${commandBlock(bulkCurl(this.body(), {withKey: api.hasKey(), url: api.urlOf('api/jobs').href}), this.app)}
      <h3>Kafka</h3><p class="note">A job is made by the orchestrator and not by a record. For one ${this.noun}, its own page has the record.</p>`;
  }

  /** What the verb needs beside the reason. */
  fields() {
    return html`
      <label>What they are asked <select @change=${(event) => this.set('verb', event.target.value)}>
        ${VERBS.map((verb) => html`<option value=${verb} ?selected=${verb === this.verb}>${label(verb)}</option>`)}</select></label>
      ${ON_STEP.has(this.verb) ? html`<label>Step${NEEDS_STEP.has(this.verb) ? '' : ' (optional: the one that failed)'}
        <input maxlength="255" autocomplete="off" .value=${live(this.step)} @input=${(event) => this.set('step', event.target.value)}></label>` : ''}
      ${WITH_PAYLOAD.has(this.verb) ? html`<label>${this.verb === 'retry' ? 'Another payload for the step (JSON, optional)' : 'Outcome (JSON)'}
        <textarea rows="2" spellcheck="false" .value=${live(this.payload)} @input=${(event) => this.set('payload', event.target.value)}></textarea></label>` : ''}`;
  }

  async send() {
    if (this.missing() || this.sending) {
      return;
    }
    this.sending = true;
    this.failure = null;
    this.app.draw();
    try {
      const job = JSON.parse((await api.text('api/jobs', {method: 'POST', body: this.body()})).text);
      rememberReason(this.reason.trim());
      this.sending = false;
      this.close();
      this.app.go(jobPath(job.jobId));
    } catch (e) {
      this.sending = false;
      this.failure = e instanceof api.Problem ? e.message : 'The answer did not arrive. If a draft was made, nothing is sent unless it is started.';
      this.app.draw();
    }
  }

  key(event) {
    enterSends(this, event);
  }

  view() {
    const missing = this.missing();
    return html`<dialog id="dialog" aria-labelledby="dialog-title" @cancel=${(event) => { event.preventDefault(); this.close(); }}>
      <h2 id="dialog-title">${label(this.verb)} ${this.many()}</h2>
      <p>The ${this.noun}s are looked up and frozen now. The next page shows what would happen; nothing is sent before you start the job there.</p>
      ${tabs(RUN_TABS, this.tab, (tab) => this.set('tab', tab))}
      ${this.fields()}
      <label>Reason ${reasonField(this, true)}</label>
      <label>${label(this.noun)}s a second <input inputmode="numeric" size="5" autocomplete="off" .value=${live(this.rate)} @input=${(event) => this.set('rate', event.target.value)} @keydown=${(event) => this.key(event)}></label>
      ${this.tab === 'command' ? this.commands() : ''}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      <p class="missing">${missing}</p>
      <div class="buttons"><button type="button" @click=${() => this.close()}>Cancel</button>
        <button type="button" class="primary" ?disabled=${missing !== '' || this.sending} @click=${() => this.send()}>${this.sending ? 'Looking them up…' : `Preview ${this.many()}`}</button></div>
    </dialog>`;
  }
}

/** The dialog that makes a job which sends dead letters again. */
export class BulkResendDialog extends BulkDialog {
  /**
   * @param filter of the page of dead letters
   * @param letters how many match
   */
  constructor(app, {filter, letters}) {
    super(app, {verb: 'resend', filter, flowIds: null, flows: letters});
  }

  get noun() {
    return 'dead letter';
  }

  whyReason() {
    return 'Write the reason; it is kept with each record.';
  }

  body() {
    return resendJobBody(this.request());
  }

  line() {
    const refused = refusedByCli(Object.values(this.filter), [this.reason]);
    return refused ? {refused} : {command: resendJobCli(this.request())};
  }

  fields() {
    return '';
  }
}
