/** One flow: its status and why, what can be done about it, and everything that happened. */
import {html} from '../lib/lit-html/lit-html.js';
import {live} from '../lib/lit-html/directives/live.js';
import * as api from '../api.js';
import {showCli} from '../model/command.js';
import {gantt, hasIdle} from '../model/gantt.js';
import {elements, member, pretty} from '../model/json.js';
import {verbTable} from '../model/request.js';
import {flowTopic} from '../model/sse.js';
import {flowSentence, isTerminal, openStep} from '../model/status.js';
import {count, visible, wordOf} from '../model/text.js';
import {ago, clock, duration} from '../model/time.js';
import {comparePath, flowApi, flowPath, orchestrationApi, orchestrationPath} from '../model/url.js';
import {block, failed, id, loading, said, time} from '../parts/bits.js';
import {Family} from '../parts/family.js';
import {chart} from '../parts/gantt.js';
import {graph} from '../parts/graph.js';
import {flowStatus, stepStatus} from '../parts/icon.js';
import {stepBox} from '../parts/step.js';
import {label, VerbDialog, VERBS} from '../parts/verbs.js';

const TABS = [['steps', 'Steps'], ['timeline', 'Timeline'], ['payload', 'Payload'], ['plan', 'Undo plan'], ['raw', 'Raw']];

/** The reason also depends on the clock, so it is requested again from time to time. */
const WHY_EVERY_MS = 10_000;
const WHY_WITHIN_MS = 15_000;
const LATE_MS = 1000;

/** Of the parts that go back first. */
const MOST_NAMED = 5;

/** The newest entries of a timeline; a long one is shown in full only on request. */
const SHOWN_EVENTS = 300;

/** A flow that is no longer kept is looked for again this often: it may be started anew. */
const GONE_EVERY_MS = 60_000;

export class FlowPage {
  constructor(app, {flowId, at, since}) {
    this.app = app;
    this.flowId = flowId;
    // From when on to look for a flow that is no longer kept.
    this.since = since ?? '';
    this.from = this.since || '-30d';
    // The entry of the timeline that the address names.
    this.entry = at ?? '';
    this.tab = this.entry ? 'timeline' : 'steps';
    // The step that the address names is shown in full.
    this.stepName = app.anchor;
    if (this.entry) {
      app.anchor = anchor(this.entry);
    }
    this.skipIdle = false;
    // Not yet asked; null is what an orchestrator that cannot say leaves here.
    this.why = undefined;
    this.verbs = undefined;
    this.plan = null;
    this.family = new Family(app);
  }

  title() {
    return visible(this.flowId);
  }

  topics() {
    return [this.flowId, ...this.family.followed()].map(flowTopic);
  }

  /** A flow that is no longer kept changes no more. */
  get every() {
    return this.gone ? GONE_EVERY_MS : undefined;
  }

  /** What the audit log still has of a flow that is no longer kept; it is read once, because that may take long. */
  async loadGone(why, signal) {
    if (!this.gone) {
      this.timeline = await api.json(flowApi(this.flowId, 'timeline', {since: this.since}), {signal});
      this.gone = why;
      this.allEvents = true;
    }
    return {complete: true};
  }

  async load(signal) {
    let raw;
    try {
      raw = (await api.text(flowApi(this.flowId), {signal})).text;
    } catch (e) {
      if (this.since && !this.flow && e instanceof api.Problem && e.status === 404) {
        return this.loadGone(e.message, signal);
      }
      throw e;
    }
    this.gone = '';
    const flow = JSON.parse(raw);
    const before = this.flow;
    const moved = flow.transition !== before?.transition || flow.status !== before?.status;
    this.flow = flow;
    this.raw = raw;
    this.app.dialog?.play(0);
    if (!before) {
      this.app.draw();
    } else if (moved) {
      this.app.announce(`${visible(this.flowId)}: ${flowSentence(flow)}`);
    }
    const at = moment(flow);
    this.forecast(at);
    if (before) {
      // A part that is open may have moved although the flow has not.
      await this.family.reload();
    }
    await this.loadStep(at, signal);
    if (this.historyOf !== at) {
      await this.loadHistory(flow, signal);
      this.historyOf = at;
    }
    return {complete: true};
  }

  /** Asks why, and what can be done; a slow answer keeps nothing else waiting. */
  async forecast(at) {
    if (this.asking || (this.askedOf === at && Date.now() - this.askedAt <= WHY_EVERY_MS)) {
      return;
    }
    this.asking = true;
    this.askedOf = at;
    this.askedAt = Date.now();
    const signal = AbortSignal.timeout(WHY_WITHIN_MS);
    const withPlan = this.tab === 'plan';
    try {
      const [why, verbs, plan] = await Promise.all([
        this.play('why', signal), this.play('verbs', signal), withPlan ? this.play('undo-plan', signal) : null,
      ]);
      Object.assign(this, {why, verbs, whyOf: at});
      if (withPlan) {
        this.plan = plan;
      }
    } catch (e) {
      if (signal.aborted) {
        this.why = {failed: 'The orchestrator did not say why in time; it is asked again.'};
      }
      // A lost connection or a refused key is met by the reading of the flow too, which shows it.
    } finally {
      this.asking = false;
    }
    if (this.app.page === this) {
      this.app.dialog?.play(0);
      this.app.draw();
    }
  }

  /** The step that the address names, again after each change of the flow. */
  async loadStep(at, signal) {
    if (this.stepOf === at || !this.flow.steps.some((step) => step.name === this.stepName)) {
      return;
    }
    try {
      const {text} = await api.text(flowApi(this.flowId, `steps/${encodeURIComponent(this.stepName)}`), {signal});
      this.step = {...JSON.parse(text), raw: text};
      this.stepOf = at;
    } catch (e) {
      if (!(e instanceof api.Problem) || e.status === 401) {
        throw e;
      }
      this.step = {failed: e.message};
      this.stepOf = at;
    }
  }

  /** What older orchestrators, and those with the audit log off, cannot say, is left out. */
  async loadHistory(flow, signal) {
    this.timelineOff = '';
    try {
      this.timeline = await api.json(flowApi(this.flowId, 'timeline'), {signal});
    } catch (e) {
      if (!(e instanceof api.Problem) || e.status === 401) {
        throw e;
      }
      this.timeline = null;
      this.timelineOff = e.message;
    }
    try {
      this.newest = await api.json(orchestrationApi(flow.orchestrationName), {signal});
      this.definition = await this.definitionOf(flow, signal);
    } catch (e) {
      if (!(e instanceof api.Problem) || e.status === 401) {
        throw e;
      }
      this.newest ??= null;
      this.definition ??= null;
    }
  }

  /** The version that the flow runs on; its content never changes. */
  async definitionOf(flow, signal) {
    if (this.newest.definition === flow.definition) {
      return this.newest;
    }
    if (this.definition?.definition === flow.definition || !flow.version) {
      return this.definition ?? null;
    }
    return api.jsonIfThere(orchestrationApi(flow.orchestrationName, `versions/${flow.version}`), {signal});
  }

  async play(what, signal) {
    try {
      return await api.jsonIfThere(flowApi(this.flowId, what), {signal});
    } catch (e) {
      if (e instanceof api.Problem && e.status !== 401) {
        return {failed: e.message};
      }
      throw e;
    }
  }

  key(event) {
    if (event.key === 'r' && this.flow) {
      this.ask('retry', openStep(this.flow)?.name);
      return true;
    }
    if (event.key === 'u' && this.flow && this.verbs !== null) {
      this.pick('plan');
      return true;
    }
    if (event.key === 'c') {
      this.app.copyText(showCli(this.flowId));
      return true;
    }
    return false;
  }

  async pick(tab) {
    this.tab = tab;
    this.app.draw();
    if (tab === 'plan') {
      try {
        this.plan = await this.play('undo-plan');
      } catch (e) {
        this.plan = {failed: e.message};
      }
      this.app.draw();
    }
  }

  ask(verb, step) {
    const settled = isTerminal(this.flow.status) || this.flow.status === 'PARKED';
    new VerbDialog(this.app, {
      verb,
      flowId: this.flowId,
      flow: () => this.flow,
      step: ['retry', 'skip', 'resolve'].includes(verb) ? step : '',
      // The seen state must still hold; a running flow would nearly always refuse.
      transition: settled ? this.flow.transition : undefined,
      canPlay: () => Boolean(this.verbs) && !this.verbs.failed,
      onDone: (said) => {
        this.said = said;
        this.app.announce(said.text);
        this.app.reload();
      },
    }).open();
  }

  view() {
    if (!this.flow) {
      return this.gone || this.problem?.status === 404 || (this.since && this.problem) ? this.unknown() : this.problem ? failed(this.problem) : loading();
    }
    const flow = this.flow;
    return html`
      <header class="head"><h1>${id(this.flowId, this.app)}</h1>
        <p>${flowStatus(flow)} <a href=${this.app.href(orchestrationPath(flow.orchestrationName, {version: this.isOld() ? flow.version : ''}))}>${said(flow.orchestrationName, 80)}</a>${
          flow.version ? ` v${flow.version}` : ''}${this.isOld() ? html` (newest is v${this.newest.version}: <a
          href=${this.app.href(orchestrationPath(flow.orchestrationName, {version: this.newest.version, diff: flow.version}))}>what it changes</a>)` : ''}
          · started ${time(flow.startedAt, this.app)}${flow.initiator ? html` by ${said(flow.initiator, 60)}` : ''}
          · ${flow.completedAt ? `took ${duration(Date.parse(flow.completedAt) - Date.parse(flow.startedAt))}` : `changed ${ago(flow.updatedAt, Date.now())}`}</p>
        <p class="headline">${visible(flowSentence(flow))}</p>
        ${flow.part ? this.place(flow.part) : ''}
        <p><a href=${this.app.href(comparePath(this.flowId))}>Compare with the last one that completed</a>${this.trace()}</p>
        ${flow.incidents > 0 ? html`<p class="failure">${count(flow.incidents, 'incident')}; the last one: ${said(flow.lastIncident)}</p>` : ''}
        ${flow.resultError ? html`<p class="failure">Its result cannot be told: ${said(flow.resultError)}</p>` : ''}</header>
      ${this.problem ? failed(this.problem) : ''}
      ${this.said ? html`<p class=${this.said.good ? 'success' : 'note'} role="status">${visible(this.said.text)}</p>` : ''}
      ${this.whyBox()}
      ${this.buttons()}
      ${this.drawn()}
      ${this.stepBox()}
      ${this.family.view(flow)}
      ${this.bars()}
      <div class="tabs" role="tablist">${TABS.filter(([tab]) => tab !== 'plan' || this.verbs !== null).map(([tab, word]) => html`
        <button type="button" role="tab" id=${`tab-${tab}`} aria-controls="panel" aria-selected=${this.tab === tab ? 'true' : 'false'} @click=${() => this.pick(tab)}>${word}${
          tab === 'timeline' && this.timeline ? ` ${this.timeline.events.length}` : ''}</button>`)}</div>
      <div id="panel" role="tabpanel" aria-labelledby=${`tab-${this.tab}`}>${this.panel()}</div>`;
  }

  /** Where a part stands in the flow that has begun it. */
  place({parent, root, step, index, pausedAbove}) {
    return html`<p>Part number ${index.toLocaleString('en')} of step ${said(step, 80)} of <a href=${this.app.href(flowPath(parent))}>${said(parent, 120)}</a>${
      root === parent ? '' : html`, below <a href=${this.app.href(flowPath(root))}>${said(root, 120)}</a>`}${pausedAbove ? '. It is paused with the flow above it.' : ''}</p>`;
  }

  /** The trace is another program's page. */
  trace() {
    const url = this.app.login.traceUrl(this.flow.traceId);
    return url ? html` · <a id="trace" target="_blank" rel="noreferrer" href=${url}>Trace ↗</a>` : '';
  }

  isOld() {
    return Boolean(this.newest && this.flow.version) && this.newest.version !== this.flow.version;
  }

  /** The flow is not here; its audit log may be. */
  unknown() {
    const found = this.timeline?.events ?? [];
    return html`<header class="head"><h1>${id(this.flowId, this.app)}</h1><p class="failure">${visible(this.gone || this.problem.message)}</p></header>
      <form @submit=${(event) => { event.preventDefault(); this.app.go(flowPath(this.flowId, {since: this.from.trim()})); }}>
        <label>Look into the audit log since <input name="since" size="24" autocomplete="off" .value=${live(this.from)} @input=${(event) => { this.from = event.target.value; }}></label>
        <p class="note">A time such as 2027-05-04T12:00:00Z, or -30d for 30 days ago. Looking far back takes long.</p>
        <p class="buttons"><button ?disabled=${this.app.isStale()}>Look</button></p></form>
      ${this.gone ? html`<h2>Audit log since ${said(this.since, 60)}</h2>
        ${found.length === 0 ? html`<p class="empty">It has nothing of this flow since then.</p>` : this.events()}` : ''}`;
  }

  whyBox() {
    if (!this.why) {
      return '';
    }
    if (this.why.failed) {
      return html`<section class="why"><h2>Why</h2><p class="note">${visible(this.why.failed)}</p></section>`;
    }
    const isOld = this.whyOf !== moment(this.flow) && this.asking && Date.now() - this.askedAt > LATE_MS;
    const facts = (this.why.facts ?? []).filter((fact) => fact !== this.why.headline);
    return html`<section class="why" aria-live="off"><h2>Why</h2>
      ${isOld ? html`<p class="note">This was so before the flow's last change; the newer answer is slow.</p>` : ''}
      <p><strong>${said(this.why.headline, 600)}</strong>${this.why.since ? ` (since ${clock(this.why.since, this.app.zone)})` : ''}</p>
      ${facts.length > 0 ? html`<ul>${facts.map((fact) => html`<li>${said(fact, 600)}</li>`)}</ul>` : ''}
      ${(this.why.suggestions ?? []).length > 0 ? html`<p class="buttons">${this.why.suggestions.map((hint) => html`
        <button type="button" class="primary" @click=${() => this.ask(hint.verb.toLowerCase(), hint.step)}>${visible(hint.label ?? label(hint.verb.toLowerCase()))}…</button>`)}</p>` : ''}</section>`;
  }

  buttons() {
    const table = verbTable(this.verbs, openStep(this.flow)?.name);
    return html`<div class="buttons verbs" role="group" aria-label="What can be done">${VERBS.map((verb) => {
      const entry = table?.get(verb);
      const refused = table !== null && entry !== undefined && !entry.allowed;
      const word = refused ? entry.refusal : entry?.effect ?? '';
      return html`<button type="button" data-verb=${verb} title=${visible(word)} aria-disabled=${refused ? 'true' : 'false'}
        @click=${() => (refused ? this.refuse(verb, word) : this.ask(verb, entry?.step ?? openStep(this.flow)?.name))}>${label(verb)}…</button>`;
    })}</div>`;
  }

  /** A greyed button still explains why, even to users without a pointer. */
  refuse(verb, why) {
    this.said = {good: false, text: `${label(verb)} is not possible now: ${why}`};
    this.app.draw();
  }

  drawn() {
    if (!this.definition) {
      return this.newest && this.flow.definition
        ? html`<p class="note">There is no graph, because v${this.flow.version} of the orchestration is no longer kept.</p>` : '';
    }
    return graph(this.definition.steps, new Map(this.flow.steps.map((step) => [step.name, step])), (name) => {
      this.app.go(this.stepPath(name));
    });
  }

  stepPath(name) {
    return `${flowPath(this.flowId)}#${encodeURIComponent(name)}`;
  }

  stepBox() {
    return this.step ? stepBox(this.app, {
      name: this.stepName,
      step: this.step,
      verbs: verbTable(this.verbs, this.stepName),
      close: flowPath(this.flowId),
      ask: (verb) => this.ask(verb, this.stepName),
    }) : '';
  }

  bars() {
    if (!this.timeline || this.timeline.events.length === 0) {
      return this.timelineOff ? html`<p class="note">${visible(this.timelineOff)}</p>` : '';
    }
    const rests = isTerminal(this.flow.status) || this.flow.status === 'PARKED';
    const bars = gantt(this.flow.steps.map((step) => step.name), this.timeline.events, rests ? null : Date.now());
    return html`${hasIdle(bars) ? html`<p><label class="inline"><input type="checkbox" .checked=${this.skipIdle}
        @change=${(event) => { this.skipIdle = event.target.checked; this.app.draw(); }}> skip idle times</label></p>` : ''}
      ${chart(bars, {zone: this.app.zone, skipIdle: this.skipIdle})}`;
  }

  panel() {
    switch (this.tab) {
      case 'timeline':
        return this.events();
      case 'payload':
        return this.payload();
      case 'plan':
        return this.undoPlan();
      case 'raw':
        return block(pretty(this.raw));
      default:
        return this.steps();
    }
  }

  steps() {
    return html`<div class="table"><table class="cards"><thead><tr><th>Status</th><th>Step</th><th>Attempts</th><th>Took</th><th>Worker</th><th>Said</th></tr></thead><tbody>
      ${this.flow.steps.map((step) => html`<tr data-row><td>${stepStatus(step.status)}</td><td data-label="Step"><a data-open href=${this.app.href(this.stepPath(step.name))}>${said(step.name, 80)}</a></td>
        <td data-label="Attempts">${step.attempts}${step.undoAttempts ? ` + ${step.undoAttempts} undo` : ''}</td>
        <td data-label="Took">${duration(step.durationMs)}</td>
        <td data-label="Worker">${step.workerService ? said(step.workerService, 60) : ''}</td>
        <td data-label="Said">${step.errorMessage ? html`<details class="error"><summary>${said(step.errorMessage, 160)}</summary>${block(step.errorMessage)}</details>` : ''}
          ${step.task ? html`${said(step.task.title, 300)}<small>${step.task.assignee ? html`for ${said(step.task.assignee, 80)}` : 'for nobody in particular'}${
            step.task.dueAt ? html`, due ${time(step.task.dueAt, this.app)}` : ''}</small>` : ''}
          ${step.by ? html`<small>answered by ${said(step.by, 80)}</small>` : ''}
          ${step.nextAttemptAt ? html`<small>again at ${clock(step.nextAttemptAt, this.app.zone)}</small>` : ''}
          ${step.attemptDeadlineAt ? html`<small>waits for its answer until ${clock(step.attemptDeadlineAt, this.app.zone)}</small>` : ''}</td></tr>`)}</tbody></table></div>`;
  }

  events() {
    if (!this.timeline) {
      return html`<p class="note">${visible(this.timelineOff || 'There is no timeline.')}</p>`;
    }
    const events = this.allEvents || this.entry ? this.timeline.events : this.timeline.events.slice(-SHOWN_EVENTS);
    const hidden = this.timeline.events.length - events.length;
    return html`${this.timeline.complete ? '' : html`<p class="note">Not all of it was found.</p>`}
      ${hidden > 0 ? html`<p><button type="button" @click=${() => { this.allEvents = true; this.app.draw(); }}>${count(hidden, 'earlier entry', 'earlier entries')} · show</button></p>` : ''}
      <div class="table"><table class="cards"><thead><tr><th>#</th><th>Time</th><th>What</th><th>Step</th><th>Attempt</th><th>Took</th><th>Said</th></tr></thead><tbody>
      ${events.map((event) => html`<tr data-row data-anchor=${anchor(event.transition)} class=${String(event.transition) === this.entry ? 'chosen' : ''}>
        <td><a data-open href=${this.app.href(flowPath(this.flowId, {at: event.transition, since: this.since}))}>${event.transition}</a></td><td data-label="Time">${time(event.timestamp, this.app)}</td>
        <td data-label="What">${wordOf(event.type)}</td>
        <td data-label="Step">${event.step ? said(event.step, 60) : ''}</td>
        <td data-label="Attempt">${event.operation ? `${event.operation} ${event.attempt ?? ''}` : ''}</td>
        <td data-label="Took">${duration(event.durationMs)}</td>
        <td data-label="Said">${event.reason ? said(event.reason, 400) : ''}${event.worker ? html`<small>${said(event.worker, 60)}</small>` : ''}</td></tr>`)}</tbody></table></div>`;
  }

  payload() {
    const raw = this.revealed ?? this.raw;
    if (this.partsOf !== raw) {
      this.partsOf = raw;
      this.parts = ['payload', 'headers', 'result'].map((name) => [name[0].toUpperCase() + name.slice(1), member(raw, name)]);
      this.results = this.revealed || this.flow.steps.some((step) => step.result !== undefined) ? stepResults(raw) : [];
    }
    if (this.app.login.hides() && !this.revealed) {
      return this.app.login.hidden(() => this.reveal());
    }
    const there = this.parts.filter(([, text]) => text !== undefined);
    return html`${there.length === 0 ? html`<p class="empty">Its payload is no longer kept.</p>` : ''}
      ${there.map(([word, text]) => html`<h3>${word}</h3>${block(pretty(text))}`)}
      ${this.results.length > 0 ? html`<h3>Results of the steps</h3>
        <dl>${this.results.map(([name, text]) => html`<dt>${said(name, 80)}</dt><dd>${block(pretty(text))}</dd>`)}</dl>` : ''}`;
  }

  /** Read once: each such read is recorded. */
  async reveal() {
    try {
      this.revealed = (await api.text(flowApi(this.flowId), {reveal: true})).text;
      this.app.draw();
    } catch (e) {
      this.app.announce(`The payload was not read: ${e.message}`);
    }
  }

  undoPlan() {
    const plan = this.plan;
    if (!plan) {
      return loading();
    }
    if (plan.failed) {
      return html`<p class="note">${visible(plan.failed)}</p>`;
    }
    const steps = (plan.stages ?? []).flat().length;
    return html`
      ${plan.possible ? '' : html`<p class="headline">${said(plan.refusal ?? 'It cannot be undone.', 600)}</p>`}
      ${plan.note ? html`<p class="note">${said(plan.note, 600)}</p>` : ''}
      ${(plan.drain ?? []).map((entry) => html`<p>Awaited first: ${said(entry.step, 80)}${entry.until ? ` until ${clock(entry.until, this.app.zone)}` : ''}.</p>`)}
      <ol class="stages">${(plan.stages ?? []).map((stage) => html`<li><ul>${stage.map((entry) => html`<li>${said(entry.step, 80)}${knows(entry.knows)}${
        entry.served === false ? html`<strong> – nobody serves its undo</strong>` : ''}${entry.parts ? takenBack(entry.parts) : ''}</li>`)}</ul></li>`)}</ol>
      ${(plan.leftStanding ?? []).length > 0 ? html`<h3>Left standing</h3><ul>${plan.leftStanding.map((entry) => html`<li>${said(entry.step, 80)}: ${said(entry.why, 300)}</li>`)}</ul>` : ''}
      ${(plan.untouched ?? []).length > 0 ? html`<h3>Untouched</h3><ul>${plan.untouched.map((entry) => html`<li>${said(entry.step, 80)}: ${said(entry.why, 300)}</li>`)}</ul>` : ''}
      ${plan.tooLateAt ? html`<p>Possible until ${time(plan.tooLateAt, this.app)}.</p>` : ''}
      ${plan.possible ? html`<p class="buttons"><button type="button" class="primary" @click=${() => this.ask('undo')}>Undo ${count(steps, 'step')}…</button></p>` : ''}`;
  }
}

/** The anchor of an entry of the timeline; no step has a name with a blank. */
function anchor(transition) {
  return `at ${transition}`;
}

/** Where the flow stands, as a word to compare. */
function moment(flow) {
  return `${flow.transition} ${flow.status}`;
}

/** How many parts a step takes back, and which of them go first. */
function takenBack({count: all, recalled, atOnce, opening, first}) {
  const named = first.slice(0, MOST_NAMED);
  const names = named.length === 0 ? '' : html`: ${named.map((flowId, i) => html`${i > 0 ? ', ' : ''}${said(flowId, 80)}`)}${opening > named.length ? ', …' : ''}`;
  return html`<small>takes back ${count(all, 'part')}${opening < all ? `, ${atOnce} at a time` : ''}${recalled > 0 ? `; ${recalled.toLocaleString('en')} come back from the archive first` : ''}${
    opening > 0 ? html`; it begins with ${opening.toLocaleString('en')}${names}` : ''}</small>`;
}

function knows(knowledge) {
  return {DONE: ' (done)', UNKNOWN: ' (in doubt; undone although nobody knows whether it happened)', FAILED: ' (failed)'}[knowledge] ?? '';
}

/** The steps' results as written. */
function stepResults(raw) {
  const all = member(raw, 'steps');
  return elements(all).map((step) => [JSON.parse(member(step, 'name')), member(step, 'result')]).filter(([, text]) => text !== undefined);
}
