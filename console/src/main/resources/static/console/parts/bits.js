/** Small elements that every page uses. */
import {html} from '../lib/lit-html/lit-html.js';
import {Problem} from '../api.js';
import {cut, visible} from '../model/text.js';
import {stamp, stampNote} from '../model/time.js';

/** Foreign text, isolated so that it cannot change the direction of the rest of the line. */
export function said(text, most = 300) {
  return html`<bdi class="said">${cut(text, most)}</bdi>`;
}

/** The tabs of a dialog or drawer: pairs of key and word. */
export function tabs(entries, chosen, choose) {
  return html`<div class="tabs" role="tablist">${entries.map(([tab, word]) => html`<button type="button" role="tab"
    aria-selected=${chosen === tab ? 'true' : 'false'} @click=${() => choose(tab)}>${word}</button>`)}</div>`;
}

/** An id with a button that copies it exactly. */
export function id(text, app) {
  return html`<span class="id"><bdi>${cut(text, 120)}</bdi><button class="copy" type="button" aria-label="Copy ${visible(text)}"
    @click=${(event) => copy(event, text, app)}>copy</button></span>`;
}

export async function copy(event, text, app) {
  event?.preventDefault();
  event?.stopPropagation();
  try {
    await navigator.clipboard.writeText(text);
    app.announce('Copied.');
  } catch {
    app.announce('The browser does not let this page copy; mark the text instead.');
  }
}

export function time(at, app) {
  return at ? html`<time datetime=${at} title=${stampNote(at, app.zone, Date.now())}>${stamp(at, app.zone)}</time>` : html`<span class="none">–</span>`;
}

/** The failure of a page: what happened and what to do. */
export function failed(problem) {
  if (!problem) {
    return '';
  }
  const status = problem instanceof Problem ? `${problem.status}: ` : '';
  return html`<p class="failure" role="alert">${status}${visible(problem.message)}</p>`;
}

export function loading() {
  return html`<p class="loading">Reading…</p>`;
}

/** A block of source or text as written. */
export function block(text) {
  return html`<pre class="block" tabindex="0">${visible(text, {lines: true})}</pre>`;
}

export function commandBlock(text, app) {
  return html`<div class="command"><pre class="block" tabindex="0">${visible(text, {lines: true})}</pre>
    <button type="button" @click=${(event) => copy(event, text, app)}>Copy</button></div>`;
}

/** A request as a command; where one of the ways cannot carry it, the reason stands in its place. */
export function threeWays({cli, refused, curl, kafka}, app) {
  const way = (text, why) => (why ? html`<p class="note">${why}</p>` : commandBlock(text, app));
  return html`${way(cli, refused)}${way(curl, '')}${kafka ? way(kafka.command, kafka.refused) : ''}`;
}
