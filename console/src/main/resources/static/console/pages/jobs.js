/** The bulk jobs, and one of them: its preview, its progress and what became of its flows. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {jobCommands} from '../model/command.js';
import {toldBy} from '../model/freshness.js';
import {countRows, haltSentence, isDangerous, isMoving, isResend, isTyped, jobLook, jobSentence, jobTitle, noun, remaining} from '../model/jobs.js';
import {count, visible} from '../model/text.js';
import {ago, duration} from '../model/time.js';
import {deadLettersPath, flowPath, flowsPath, filterOf, jobPath} from '../model/url.js';
import {failed, id, loading, said, threeWays, time} from '../parts/bits.js';
import {change} from '../parts/change.js';
import {chip, flowStatusWord} from '../parts/icon.js';
import {label} from '../parts/verbs.js';

const RESULTS = [
  ['LEFT', 'left'], ['RECOVERED', 'recovered'], ['TRYING', 'still trying'], ['PARKED_AGAIN', 'parked again'], ['ABANDONED', 'abandoned'],
  ['REFUSED', 'refused'], ['CHANGED', 'had changed'],
];
const RESEND_RESULTS = [['LEFT', 'left'], ['RESENT', 'sent again'], ['DEAD_LETTERED_AGAIN', 'a dead letter again'], ['REFUSED', 'refused']];
const MOST_ITEMS = 100;

export class JobsPage {
  constructor(app) {
    this.app = app;
  }

  title() {
    return 'Jobs';
  }

  async load(signal) {
    this.list = await api.json('api/jobs?limit=50', {signal});
    return toldBy(this.list);
  }

  view() {
    return html`<h1>Jobs</h1>${this.problem ? failed(this.problem) : ''}
      ${!this.list ? (this.problem ? '' : loading()) : this.list.jobs.length === 0
        ? html`<p class="empty">There is no bulk job yet. Select flows on the page <a href=${this.app.href('flows')}>Flows</a>, and choose what they are asked, or send a group of <a href=${this.app.href('dead-letters')}>dead letters</a> again.</p>`
        : html`<div class="table"><table class="cards"><thead><tr><th>State</th><th>Job</th><th>Reason</th><th>By</th><th>Made</th><th>Outcome</th></tr></thead><tbody>
          ${this.list.jobs.map((job) => html`<tr data-row><td>${chip(jobLook(job.state))}</td>
            <td data-label="Job"><a data-open href=${this.app.href(jobPath(job.jobId))}>${said(jobTitle(job), 120)}</a></td>
            <td data-label="Reason">${said(job.reason, 160)}</td><td data-label="By">${said(job.startedBy ?? job.createdBy, 60)}</td>
            <td data-label="Made">${ago(job.createdAt, Date.now())}</td>
            <td data-label="Outcome">${job.state === 'DRAFT' ? 'not started' : jobSentence(job)}</td></tr>`)}</tbody></table></div>`}`;
  }
}

export class JobPage {
  constructor(app, {jobId, outcome}) {
    this.app = app;
    this.jobId = jobId;
    this.outcome = outcome;
    this.typed = '';
    this.reason = '';
  }

  get every() {
    return this.job && !isMoving(this.job) ? 10_000 : 1000;
  }

  title() {
    return this.job ? visible(jobTitle(this.job)) : 'Job';
  }

  topics() {
    return [`job:${this.jobId}`];
  }

  async load(signal) {
    const path = `api/jobs/${encodeURIComponent(this.jobId)}`;
    const query = new URLSearchParams({limit: String(MOST_ITEMS), ...(this.outcome ? {outcome: this.outcome} : {})});
    const [job, items] = await Promise.all([api.json(path, {signal}), api.json(`${path}/items?${query}`, {signal})]);
    const before = this.job;
    this.job = job;
    this.items = items;
    this.rate ??= String(job.perSecond);
    if (before && before.state !== job.state) {
      this.app.announce(`The job ${jobLook(job.state).word}. ${jobSentence(job)}`);
    }
    return toldBy(items);
  }

  key(event) {
    if (event.key === 'c' && this.job) {
      this.app.copyText(`./doundo jobs show ${this.jobId}`);
      return true;
    }
    return false;
  }

  act(what, body) {
    return change(this, 'The answer did not arrive. The page shows whether the request was applied.', async () => {
      const isRate = what === 'rate';
      const {text} = await api.text(`api/jobs/${encodeURIComponent(this.jobId)}${isRate ? '' : `/${what}`}`,
        {method: isRate ? 'PATCH' : 'POST', body: JSON.stringify(body ?? {})});
      this.job = JSON.parse(text);
      this.rate = String(this.job.perSecond);
      this.reason = isRate ? this.reason : '';
    });
  }

  /** The body that says why. */
  why() {
    const reason = this.reason.trim();
    return reason ? {reason} : {};
  }

  view() {
    const {job} = this;
    if (!job) {
      return this.problem ? html`<h1>Job</h1>${failed(this.problem)}` : loading();
    }
    return html`<header class="head"><h1>${label(jobTitle(job))}</h1>
        <p>${chip(jobLook(job.state))} ${id(job.jobId, this.app)} · made ${time(job.createdAt, this.app)} by ${said(job.createdBy, 60)}${
          job.startedAt ? html` · started ${time(job.startedAt, this.app)} by ${said(job.startedBy ?? '', 60)}` : ''}${job.endedAt ? html` · ended ${time(job.endedAt, this.app)}` : ''}</p>
        <p>Reason: ${said(job.reason, 500)}</p>
        <p>${this.from()} The ${noun(job)}s were frozen at ${time(job.frozenAt, this.app)}: no other one is ${isResend(job) ? 'sent' : 'asked, and one that has changed since then is not touched'}.</p>
        ${job.halted ? html`<p class="note">${said(haltSentence(job), 1200)} <small>${ago(job.halted.at, Date.now())}</small></p>` : ''}
        ${job.note ? html`<p class="note">${said(job.note, 600)}</p>` : ''}</header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : ''}
      ${job.state === 'DRAFT' ? this.draft() : this.progress()}
      ${this.commands()}
      ${job.preview ? this.preview() : ''}
      ${job.state === 'DRAFT' ? '' : this.flows()}`;
  }

  /** What the buttons send, as commands. */
  commands() {
    const commands = jobCommands(this.job, this.sample(), {withKey: api.hasKey(), url: api.urlOf(`api/jobs/${encodeURIComponent(this.jobId)}`).href}, this.reason.trim());
    return commands.length === 0 ? '' : html`<details class="commands"><summary>As a command</summary>
      ${commands.map((command) => html`<h3>${command.word}</h3>${threeWays(command, this.app)}`)}
      <p class="note">A job is controlled by the orchestrator, and not by a record in Kafka.</p></details>`;
  }

  /** A flow that would accept the verb, to try it first. */
  sample() {
    return this.job.preview?.sample.find((one) => !one.refusal)?.flowId;
  }

  from() {
    const {filter, ranOn} = this.job;
    if (isResend(this.job)) {
      return filter ? html`They were found by <a href=${this.app.href(deadLettersPath(letterFilter(filter)))}><code>${said(filter, 200)}</code></a>.` : 'They were chosen one by one.';
    }
    if (ranOn) {
      return html`They ran ${said(ranOn.step, 80)} of ${said(ranOn.orchestration, 80)} on version ${said(ranOn.workerVersion, 60)} of its worker between ${time(ranOn.from, this.app)} and ${time(ranOn.to, this.app)}.`;
    }
    return filter ? html`They were found by <a href=${this.app.href(flowsPath(filterOf(new URLSearchParams(filter))))}><code>${said(filter, 200)}</code></a>.` : 'They were chosen one by one.';
  }

  draft() {
    const {job} = this;
    const isExpired = job.expiresAt && Date.parse(job.expiresAt) <= Date.now();
    const danger = isDangerous(job.verb, job.matched);
    const cannot = job.matched === 0 || isExpired || this.sending || this.app.isStale() || (danger && !isTyped(this.typed, job.matched));
    const sample = this.sample();
    return html`<section class="why"><h2>Not started</h2>
      <p>${job.matched === 0 ? `No ${noun(job)} matched.` : isExpired ? 'This preview is older than ten minutes, so it cannot be started. Make it again.'
        : html`${count(job.matched, noun(job))} at ${job.perSecond} a second: about ${duration(remaining(job))}. It can be started until ${time(job.expiresAt, this.app)}.`}</p>
      ${this.rateForm()}
      ${danger ? html`<label class="inline">Type the number of ${noun(job)}s (${job.matched.toLocaleString('en')}) to confirm
        <input name="typed" inputmode="numeric" size="8" autocomplete="off" .value=${live(this.typed)} @input=${(event) => { this.typed = event.target.value; this.app.draw(); }}></label>` : ''}
      <p class="buttons">
        <button type="button" data-verb="first" ?disabled=${cannot || !sample} @click=${() => this.act('start', {first: sample})}>Try with ${sample ? said(sample, 40) : 'one'} first</button>
        <button type="button" data-verb="start" class=${danger ? 'danger' : 'primary'} ?disabled=${cannot} @click=${() => this.act('start')}>${label(jobTitle(job))}</button></p></section>`;
  }

  rateForm() {
    return html`<form class="inline" @submit=${(event) => { event.preventDefault(); this.act('rate', {perSecond: Number(this.rate)}); }}>
      <label class="inline">${isResend(this.job) ? 'Records' : 'Flows'} a second <input name="rate" inputmode="numeric" size="5" autocomplete="off" .value=${live(this.rate)} @input=${(event) => { this.rate = event.target.value; this.app.draw(); }}></label>
      <button ?disabled=${this.rate === String(this.job.perSecond) || !/^\d{1,4}$/.test(this.rate) || Number(this.rate) < 1 || Number(this.rate) > 1000 || this.sending}>Change</button></form>`;
  }

  progress() {
    const {job} = this;
    const answered = job.matched - job.left;
    return html`<section class="why"><h2>Progress</h2>
      <p class="headline">${jobSentence(job)}</p>
      <progress max=${Math.max(1, job.matched)} value=${answered} aria-label=${`Those of the ${noun(job)}s that have been dealt with`}></progress>
      <dl class="figures">${[['matched', job.matched], ['sent', job.sent], ['accepted', job.accepted], ['refused', job.refused], ['had changed', job.changed], ['left', job.left]]
        .map(([word, n]) => html`<div><dt>${word}</dt><dd>${n.toLocaleString('en')}</dd></div>`)}</dl>
      ${countRows(job.refusals).length > 0 ? html`<ul>${countRows(job.refusals).map(([why, n]) => html`<li>${n.toLocaleString('en')} refused: ${said(why, 300)}</li>`)}</ul>` : ''}
      ${job.state === 'RUNNING' || job.state === 'PAUSED' ? html`${this.rateForm()}
        <label class="inline">Why (optional) <input name="reason" size="40" maxlength="1000" autocomplete="off" .value=${live(this.reason)} @input=${(event) => { this.reason = event.target.value; this.app.draw(); }}></label>
        <p class="buttons">
        ${job.state === 'RUNNING' ? html`<button type="button" data-verb="pause" ?disabled=${this.sending} @click=${() => this.act('pause', this.why())}>Pause</button>`
          : html`<button type="button" data-verb="resume" class="primary" ?disabled=${this.sending} @click=${() => this.act('resume', this.why())}>Go on with ${count(job.left, noun(job))}</button>`}
        <button type="button" data-verb="stop" ?disabled=${this.sending} @click=${() => this.act('stop', this.why())}>Stop for good</button></p>` : ''}</section>`;
  }

  preview() {
    const {preview, matched} = this.job;
    const list = (word, counts) => (countRows(counts).length === 0 ? '' : html`<dt>${word}</dt>
      <dd>${countRows(counts).map(([what, n]) => html`<div>${said(what, 200)}: ${n.toLocaleString('en')}</div>`)}</dd>`);
    return html`<h2>Preview${preview.played < matched ? ` of ${count(preview.played, noun(this.job))}` : ''}</h2>
      ${preview.note ? html`<p class="note">${said(preview.note, 400)}</p>` : ''}
      <dl class="preview">${list(isResend(this.job) ? 'Would be sent' : 'Would be asked', preview.byOutcome)}${list('Undoes', preview.perStepUndos)}${list('Left standing afterwards', preview.leftStanding)}
        ${isResend(this.job) ? '' : countRows(preview.irreversible).length === 0 ? html`<dt>Irreversible</dt><dd>nothing</dd>` : list('Irreversible', preview.irreversible)}
        ${list('Served by nobody', preview.unserved)}</dl>
      ${preview.sample.length === 0 ? '' : html`<details ?open=${this.job.state === 'DRAFT'}><summary>${count(preview.sample.length, 'sample flow')}</summary>
        <div class="table"><table class="cards"><thead><tr><th>Flow</th><th>Now</th><th>Then</th><th>Sent at once</th></tr></thead><tbody>
        ${preview.sample.map((one) => html`<tr><td><a href=${this.app.href(flowPath(one.flowId))}>${said(one.flowId, 80)}</a></td>
          <td data-label="Now">${flowStatusWord(one.status)}</td>
          <td data-label="Then">${one.refusal ? html`<span class="warn">refuses: ${said(one.refusal, 200)}</span>` : flowStatusWord(one.wouldBe)}</td>
          <td data-label="Sent at once">${said(one.commands.join(', '), 200)}</td></tr>`)}</tbody></table></div></details>`}`;
  }

  flows() {
    const {items} = this;
    const letters = isResend(this.job);
    const path = (item) => (letters ? deadLettersPath({letter: item.flowId}) : flowPath(item.flowId));
    return html`<h2>${letters ? 'Dead letters' : 'Flows'}</h2>
      <div class="chips" role="group" aria-label=${`Which ${noun(this.job)}s`}>${(letters ? RESEND_RESULTS : RESULTS).map(([result, word]) => html`<button type="button" class="chip" aria-pressed=${this.outcome === result ? 'true' : 'false'}
        @click=${() => this.app.go(jobPath(this.jobId, {outcome: this.outcome === result ? '' : result}))}>${word}</button>`)}</div>
      ${items.items.length === 0 ? html`<p class="empty">None.</p>` : html`
        <div class="table"><table class="cards"><thead><tr><th>${letters ? 'Dead letter' : 'Flow'}</th><th>Answer</th><th>Outcome</th></tr></thead><tbody>
        ${items.items.map((item) => html`<tr data-row><td><a data-open href=${this.app.href(path(item))}>${said(item.flowId, 80)}</a></td>
          <td data-label="Answer">${answer(item)}${item.reason ? html`<small>${said(item.reason, 300)}</small>` : ''}</td>
          <td data-label="Outcome">${item.outcome ? word(item.outcome) : ''}</td></tr>`)}</tbody></table></div>
        ${items.nextCursor ? html`<p class="note">These are the first ${items.items.length}; ./doundo jobs items ${said(this.jobId, 40)} lists all.</p>` : ''}`}`;
  }
}

/** The filter of a list of dead letters as their page has it in its address. */
function letterFilter(filter) {
  const {flowId, ...rest} = Object.fromEntries(new URLSearchParams(filter));
  return {...rest, flow: flowId};
}

function answer(item) {
  return {LEFT: 'not asked yet', SENT: 'asked', ACCEPTED: 'accepted', REFUSED: 'refused', CHANGED: 'had changed, not touched'}[item.result] ?? item.result;
}

function word(outcome) {
  return [...RESULTS, ...RESEND_RESULTS].find(([result]) => result === outcome)?.[1] ?? outcome;
}
