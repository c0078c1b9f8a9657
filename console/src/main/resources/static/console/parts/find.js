/** The find box: offers while somebody types, and opens what they choose. */
import {html} from '../lib/lit-html/lit-html.js';
import * as api from '../api.js';
import {flat, found, next, SHORTEST_LOOK_UP} from '../model/find.js';
import {flowApi, flowPath, flowsPath} from '../model/url.js';
import {said} from './bits.js';

const TYPING_MS = 150;

/** What does not depend on the text is read this often while somebody finds things. */
const KEPT_MS = 20_000;
const ANSWER_WITHIN_MS = 15_000;
const LISTS = {
  orchestrations: ['api/orchestrations', (answer) => answer.orchestrations],
  incidents: ['api/incidents?limit=100', (answer) => answer.incidents],
  jobs: ['api/jobs?limit=50', (answer) => answer.jobs],
};

export class Find {
  /** @param pages those of the bar: [{word, path}] */
  constructor(app, pages) {
    this.app = app;
    this.known = {pages: pages()};
    this.pages = pages;
    this.text = '';
    this.at = -1;
    this.isOpen = false;
  }

  get kinds() {
    return this.isOpen ? found(this.text, this.known) : [];
  }

  type(text) {
    this.text = text;
    this.at = -1;
    this.isOpen = text.trim() !== '';
    // The flows found for the earlier text do not answer this one.
    this.known = {...this.known, pages: this.pages(), flows: []};
    clearTimeout(this.typing);
    this.reading?.abort();
    if (this.isOpen && this.app.login.mayRead()) {
      this.typing = setTimeout(() => this.look(), TYPING_MS);
    }
    this.app.draw();
  }

  /** Reads what could be meant. A list that cannot be read offers nothing, and hides nothing of the others. */
  look() {
    const reading = new AbortController();
    this.reading = reading;
    const text = this.text.trim();
    const show = (part) => {
      Object.assign(this.known, part);
      this.app.draw();
    };
    if (Date.now() - (this.keptAt ?? 0) > KEPT_MS) {
      this.keptAt = Date.now();
      Object.entries(LISTS).forEach(([name, [path, of]]) => this.read(path, AbortSignal.timeout(ANSWER_WITHIN_MS))
        .then((answer) => show({[name]: answer ? of(answer) : []})));
    }
    if (text.length >= SHORTEST_LOOK_UP && this.known.hasLists !== false) {
      this.read(`api/flows?${new URLSearchParams({search: text, limit: '5', count: 'false'})}`, reading.signal)
        .then((answer) => this.reading === reading && answer && show({flows: answer.flows}));
    }
  }

  async read(path, signal) {
    try {
      return await api.json(path, {signal});
    } catch (e) {
      if (e instanceof api.Problem && e.status === 501 && path.startsWith('api/flows')) {
        this.known.hasLists = false;
      }
      return null;
    }
  }

  key(event) {
    const kinds = this.kinds;
    const all = flat(kinds);
    const by = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (by && all.length > 0) {
      event.preventDefault();
      this.at = next(this.at, by, all.length);
      this.app.draw();
      document.getElementById(`found-${this.at}`)?.scrollIntoView({block: 'nearest'});
    } else if (event.key === 'Escape' && this.isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  close() {
    this.isOpen = false;
    this.at = -1;
    clearTimeout(this.typing);
    this.app.draw();
  }

  /** Opens the chosen entry; without one the flow with exactly this id, or else the flows that contain the text. */
  async enter(event) {
    event.preventDefault();
    const text = document.getElementById('find').value.trim();
    const chosen = flat(this.kinds)[this.at];
    if (text === '') {
      return;
    }
    this.close();
    document.getElementById('find').blur();
    if (chosen) {
      this.go(chosen.path);
      return;
    }
    const [flow] = (this.known.flows ?? []).filter((one) => one.flowId === text);
    let there = flow !== undefined;
    if (!there) {
      try {
        there = (await api.jsonIfThere(flowApi(text))) !== null;
      } catch {
        // The list that follows shows the error, if there is one.
      }
    }
    this.go(there ? flowPath(text) : flowsPath({search: text}));
  }

  go(path) {
    this.close();
    this.app.menu = false;
    this.app.go(path);
    document.getElementById('main')?.focus();
  }

  view() {
    const kinds = this.kinds;
    let i = 0;
    return html`<form role="search" @submit=${(event) => this.enter(event)} @focusout=${(event) => event.currentTarget.contains(event.relatedTarget) || this.close()}>
      <input id="find" type="text" enterkeyhint="search" role="combobox" aria-autocomplete="list" aria-controls="found" aria-expanded=${kinds.length > 0 ? 'true' : 'false'}
        aria-activedescendant=${this.at < 0 ? '' : `found-${this.at}`} placeholder="Find  /" aria-label="Find flows, incidents, orchestrations, steps, jobs and pages" maxlength="300" autocomplete="off"
        @input=${(event) => this.type(event.target.value)} @keydown=${(event) => this.key(event)}>
      <div id="found" role="listbox" aria-label="Found" ?hidden=${kinds.length === 0} @mousedown=${(event) => event.preventDefault()}>
        ${kinds.map((one) => html`<div role="group" aria-label=${one.kind}><p aria-hidden="true">${one.kind}</p>${one.found.map((entry) => {
          const n = i++;
          return html`<a role="option" id=${`found-${n}`} tabindex="-1" aria-selected=${n === this.at ? 'true' : 'false'} href=${this.app.href(entry.path)}
            @click=${(event) => this.click(event, entry)}>${said(entry.word, 90)}${entry.note ? html`<small>${said(entry.note, 90)}</small>` : ''}</a>`;
        })}</div>`)}</div></form>`;
  }

  /** A click with a key held down opens another tab, as with every link. */
  click(event, entry) {
    if (event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      this.go(entry.path);
    }
  }
}
