/** One step of a flow in full: its commands with their answers, what it was sent, and its verbs. */
import {html} from '../lib/lit-html/lit-html.js';
import {member, pretty} from '../model/json.js';
import {visible, wordOf} from '../model/text.js';
import {duration} from '../model/time.js';
import {block, said, time} from './bits.js';
import {stepStatus} from './icon.js';
import {label} from './verbs.js';

const VERBS = ['retry', 'skip', 'resolve'];

/**
 * @param step the answer of the server with its text as raw, or {failed} with the reason
 * @param verbs the table of verbs; null where it is not known
 * @param close the path of the flow without the step
 * @param ask opens the dialog of a verb for the step
 */
export function stepBox(app, {name, step, verbs, close, ask}) {
  if (step.failed) {
    return html`<section class="why" data-anchor=${name}><h2>${said(name, 80)}</h2><p class="note">${visible(step.failed)}</p></section>`;
  }
  const input = shown(step.raw, 'input');
  const result = shown(step.raw, 'result');
  const possible = VERBS.filter((verb) => verbs?.get(verb)?.allowed && verbs.get(verb).step === name);
  return html`<section class="why" data-anchor=${name}><h2>${said(name, 80)}</h2>
    <p>${stepStatus(step.status)}${step.workerService ? html` · answered by ${said(step.workerService, 80)}${step.workerVersion ? html`, version ${said(step.workerVersion, 60)}` : ''}` : ''}</p>
    ${possible.length === 0 ? '' : html`<p class="buttons">${possible.map((verb) => html`<button type="button" data-step-verb=${verb} @click=${() => ask(verb)}>${label(verb)} ${said(name, 60)}…</button>`)}</p>`}
    ${step.attemptLog.length === 0 ? '' : commands(step.attemptLog, app)}
    ${step.complete ? '' : html`<p class="note">Not all of its commands were found in the audit log.</p>`}
    ${input === null && result === null && app.login.hides() ? app.login.hidden(null) : ''}
    ${input === null ? '' : html`<h3>What its DO is sent</h3>${block(pretty(input))}`}
    ${result === null ? '' : html`<h3>Result</h3>${block(pretty(result))}`}
    <p><a href=${app.href(close)}>Close</a></p></section>`;
}

function commands(log, app) {
  return html`<div class="table"><table class="cards"><thead><tr><th>Command</th><th>Sent</th><th>Took</th><th>Answer</th><th>Worker</th></tr></thead><tbody>
    ${log.map((one) => html`<tr><td>${one.action} ${one.n}${one.generation > 0 ? html`<small>generation ${one.generation}</small>` : ''}</td>
      <td data-label="Sent">${time(one.sentAt, app)}</td>
      <td data-label="Took">${one.sentAt && one.answeredAt ? duration(Date.parse(one.answeredAt) - Date.parse(one.sentAt)) : ''}${typeof one.handledMs === 'number' ? html`<small>handler ${duration(one.handledMs)}</small>` : ''}</td>
      <td data-label="Answer">${one.outcome ? wordOf(one.outcome) : 'awaited'}${one.followedBy ? html`<small>${wordOf(one.followedBy)}</small>` : ''}${one.error ? html`<small>${said(one.error, 400)}</small>` : ''}</td>
      <td data-label="Worker">${one.worker ? said(one.worker, 60) : ''}${one.workerVersion ? html`<small>${said(one.workerVersion, 60)}</small>` : ''}</td></tr>`)}</tbody></table></div>`;
}

/** A member as it was written; null when it is absent. */
function shown(raw, name) {
  const text = member(raw, name);
  return text === undefined || text === 'null' ? null : text;
}
