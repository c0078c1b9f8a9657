/** The dialog of a verb: step, reason, payload, its forecast, and the same request as a command. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {body, cli, curl, kafka, refusedByCli} from '../model/command.js';
import {decided, expectation, needsPreview, nextRequest, sends} from '../model/request.js';
import {flowApi} from '../model/url.js';
import {visible} from '../model/text.js';
import {commandBlock, said, tabs} from './bits.js';

export const VERBS = ['retry', 'undo', 'cancel', 'skip', 'resolve', 'pause', 'resume', 'abandon'];

const ON_STEP = new Set(['retry', 'skip', 'resolve']);
const NEEDS_STEP = new Set(['skip', 'resolve']);
const NEEDS_REASON = new Set(['abandon', 'skip', 'resolve']);
const WITH_PAYLOAD = new Set(['retry', 'resolve']);
const DANGEROUS = new Set(['abandon', 'skip']);

const EFFECT = {
  retry: 'The step is sent again.',
  undo: 'Every step that may have had an effect is undone.',
  cancel: 'The flow stops, and every step that may have had an effect is undone.',
  skip: 'The flow goes on without the step. What it did stays; it is neither retried nor undone.',
  resolve: 'Records what became of the step, as you found out by other means.',
  pause: 'Nothing is sent until the flow is resumed. Answers are still accepted.',
  resume: 'The flow goes on.',
  abandon: 'The flow ends, nothing is undone, and every effect it had is left standing.',
};

/** A preview is asked for once somebody stops typing, and not waited for without end. */
const TYPING_MS = 250;
const PREVIEW_WITHIN_MS = 10_000;

const reasons = [];

/** The last five reasons are suggested for the next request. */
export function rememberReason(reason) {
  if (reason && !reasons.includes(reason)) {
    reasons.unshift(reason);
    reasons.length = Math.min(reasons.length, 5);
  }
}

/** The tabs of a dialog that sends something. */
export const RUN_TABS = [['run', 'Run'], ['command', 'As a command']];

/** Enter in a field of a dialog sends what the dialog asks for. */
export function enterSends(dialog, event) {
  if (event.key === 'Enter') {
    event.preventDefault();
  }
  if (sends(event, dialog.openedAt)) {
    dialog.send();
  }
}

/** The field for the reason of a dialog. */
export function reasonField(dialog, isFirst) {
  return html`<input name="reason" ?data-first=${isFirst} list="reasons" maxlength="500" autocomplete="off" .value=${live(dialog.reason)}
      @input=${(event) => dialog.set('reason', event.target.value)} @keydown=${(event) => dialog.key(event)}>
    <datalist id="reasons">${reasons.map((reason) => html`<option value=${reason}></option>`)}</datalist>`;
}

export class VerbDialog {
  /**
   * @param flow gives the flow as it was last read
   * @param canPlay whether this orchestrator can say what a verb would do, as far as is known
   */
  constructor(app, {verb, flowId, flow, step, transition, canPlay, onDone}) {
    Object.assign(this, {app, verb, flowId, flow, transition, canPlay, onDone});
    this.step = step ?? '';
    this.reason = '';
    this.payload = verb === 'resolve' ? '{"outcome":"DONE"}' : '';
    this.typed = '';
    this.tab = 'run';
    this.sent = null;
    this.asked = '';
    this.would = null;
    this.returnTo = document.activeElement;
  }

  open() {
    this.openedAt = performance.now();
    this.app.dialog = this;
    this.app.draw();
    this.element().showModal();
    this.element().querySelector('[data-first]')?.focus();
    this.play(0);
  }

  element() {
    return document.getElementById('dialog');
  }

  close() {
    clearTimeout(this.typing);
    this.element()?.close();
    this.app.dialog = null;
    this.app.draw();
    this.returnTo?.focus?.();
  }

  /** Asks the orchestrator what the verb would do, without doing it. */
  play(wait = TYPING_MS) {
    if (this.sending) {
      // The flow may have changed because of this very request.
      return;
    }
    const input = JSON.stringify([this.step, this.payload]);
    if (input !== this.input) {
      // What was shown was for something else.
      this.input = input;
      this.asked = '';
      this.would = null;
    }
    const flow = this.flow();
    const asked = JSON.stringify([input, flow.transition, flow.status]);
    if (asked === this.asked || !this.canPlay() || this.payloadProblem() || (NEEDS_STEP.has(this.verb) && !this.step)) {
      return;
    }
    this.asked = asked;
    this.waiting = true;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.preview(asked), wait);
  }

  async preview(asked) {
    let would = null;
    try {
      would = await api.json(flowApi(this.flowId, this.verb, {dryRun: 'true'}),
        {method: 'POST', signal: AbortSignal.timeout(PREVIEW_WITHIN_MS), body: body({step: this.step, payload: this.payload, reason: this.reason || 'dry run'})});
    } catch (e) {
      would = e instanceof api.Problem && e.status === 409 ? {refusal: e.message} : null;
    }
    // A slow answer to an earlier request does not answer this one.
    if (asked === this.asked) {
      this.would = would;
      this.waiting = false;
      this.app.draw();
    }
  }

  payloadProblem() {
    if (!this.payload) {
      return '';
    }
    try {
      JSON.parse(this.payload);
      return '';
    } catch (e) {
      return `The payload is no JSON: ${e.message}`;
    }
  }

  /** The input that is still missing before the verb can be sent. */
  missing() {
    if (NEEDS_STEP.has(this.verb) && !this.step) {
      return 'Choose the step.';
    }
    if (this.payloadProblem()) {
      return this.payloadProblem();
    }
    if (NEEDS_REASON.has(this.verb) && !this.reason.trim()) {
      return 'Write the reason; the audit log keeps it.';
    }
    if (DANGEROUS.has(this.verb) && this.typed.trim() !== '1') {
      return 'Type the number of flows, 1, to confirm.';
    }
    if (this.app.isStale()) {
      return 'The connection is lost, so what you see may be old. Nothing is sent until it is back.';
    }
    if (needsPreview(this.verb) && this.waiting && this.would === null) {
      return 'What it would do is being asked.';
    }
    return '';
  }

  async send() {
    if (this.missing() || this.sending) {
      return;
    }
    this.sent = nextRequest(this.sent, {
      step: this.step,
      payload: this.payload,
      reason: this.reason.trim(),
      expect: expectation(this.verb, this.transition, this.would),
    }, newId);
    this.sending = true;
    this.failure = null;
    this.app.draw();
    try {
      const {reason} = this.sent;
      const answer = await api.text(flowApi(this.flowId, this.verb), {method: 'POST', body: body(this.sent)});
      const said = JSON.parse(answer.text);
      rememberReason(reason);
      this.sending = false;
      this.close();
      this.onDone(answer.status === 200
        ? {good: true, text: `${this.verb} was accepted and is committed; the flow is now ${said.status}.`}
        : {good: false, text: said.note});
    } catch (e) {
      this.sending = false;
      this.sent = decided(this.sent, e instanceof api.Problem ? e.status : undefined);
      this.failure = e instanceof api.Problem
        ? e.message
        : 'The answer did not arrive. The request may have been applied. Sending it again unchanged is safe: it has the same id.';
      if (this.sent === null) {
        this.renew();
      }
      this.app.draw();
    }
  }

  /** After a refusal, the dialog shows and expects the current state of the flow. */
  renew() {
    if (this.transition !== undefined) {
      this.transition = this.flow().transition;
    }
    this.asked = '';
    this.would = null;
    this.play(0);
  }

  set(name, value) {
    this[name] = value;
    this.play();
    this.app.draw();
  }

  key(event) {
    enterSends(this, event);
  }

  view() {
    const missing = this.missing();
    const {steps} = this.flow();
    return html`<dialog id="dialog" aria-labelledby="dialog-title" @cancel=${(event) => { event.preventDefault(); this.close(); }}>
      <h2 id="dialog-title">${label(this.verb)} 1 flow: ${said(this.flowId, 60)}</h2>
      <p>${EFFECT[this.verb]}</p>
      ${tabs(RUN_TABS, this.tab, (tab) => this.set('tab', tab))}
      ${ON_STEP.has(this.verb) ? html`<label>Step
        <select ?data-first=${true} @change=${(event) => this.set('step', event.target.value)}>
          ${NEEDS_STEP.has(this.verb) ? html`<option value="" ?selected=${this.step === ''}>choose…</option>` : html`<option value="" ?selected=${this.step === ''}>the one that failed</option>`}
          ${steps.map((step) => html`<option value=${step.name} ?selected=${step.name === this.step}>${visible(step.name)} (${step.status})</option>`)}
        </select></label>` : ''}
      ${WITH_PAYLOAD.has(this.verb) ? html`<label>${this.verb === 'retry' ? 'Another payload for the step (JSON, optional)' : 'Outcome (JSON)'}
        <textarea rows="3" spellcheck="false" .value=${live(this.payload)} @input=${(event) => this.set('payload', event.target.value)}></textarea></label>` : ''}
      <label>Reason${NEEDS_REASON.has(this.verb) ? '' : ' (optional)'}
        ${reasonField(this, !ON_STEP.has(this.verb))}</label>
      ${DANGEROUS.has(this.verb) ? html`<label>Type the number of flows (1) to confirm
        <input inputmode="numeric" size="4" autocomplete="off" .value=${live(this.typed)} @input=${(event) => this.set('typed', event.target.value)}></label>` : ''}
      ${this.tab === 'command' ? this.commands() : html`
        ${this.would?.refusal ? html`<p class="failure">It would be refused: ${visible(this.would.refusal)}</p>` : ''}
        ${this.would?.wouldBe ? html`<p class="note">The flow would be ${this.would.wouldBe.status}${commands(this.would.wouldBe.commands)}</p>` : ''}
        ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
        <p class="missing">${missing}</p>`}
      <div class="buttons">
        <button type="button" @click=${() => this.close()}>Cancel</button>
        <button type="button" class=${DANGEROUS.has(this.verb) ? 'danger' : 'primary'} ?disabled=${missing !== '' || this.sending}
          @click=${() => this.send()}>${this.sending ? 'Waiting for the commit…' : `${label(this.verb)} 1 flow`}</button>
      </div>
    </dialog>`;
  }

  commands() {
    const verb = {verb: this.verb, flowId: this.flowId, step: this.step, reason: this.reason.trim(), payload: this.payload};
    const record = kafka(verb);
    const refused = refusedByCli([this.flowId], [this.step, verb.reason]);
    return html`
      <h3>Command line</h3>${refused ? html`<p class="note">${refused}</p>` : commandBlock(cli(verb), this.app)}
      <h3>curl</h3>${commandBlock(curl({...verb, withKey: api.hasKey(), url: api.urlOf(flowApi(this.flowId, this.verb)).href}), this.app)}
      ${api.hasKey() ? html`<p class="note">doundo-key.header is a file with the line "X-API-Key: …", readable by you alone.</p>` : ''}
      <h3>Kafka</h3>${record.refused ? html`<p class="note">${record.refused}</p>` : commandBlock(record.command, this.app)}`;
  }
}

/** A random id, also for pages over plain HTTP, where randomUUID is missing. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The label of a button. */
export function label(verb) {
  return verb[0].toUpperCase() + verb.slice(1);
}

function commands(list) {
  return !list || list.length === 0
    ? '; no step is sent.'
    : html`; sent: ${list.map((command) => `${command.action ?? ''} ${command.step ?? command.stepName ?? ''}`.trim()).map(visible).join(', ')}.`;
}
