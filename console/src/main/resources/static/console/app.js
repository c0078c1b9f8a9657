/** The console: one shell around the pages, which use the same REST API as everybody. */
import {html, render} from './lib/lit-html/lit-html.js';
import * as api from './api.js';
import {columnsOf, columnsText} from './model/columns.js';
import {freshness, refusedAt} from './model/freshness.js';
import {incidentsThatWait} from './model/incidents.js';
import {route} from './model/url.js';
import {BreakerPage, BreakersPage} from './pages/breakers.js';
import {ComparePage} from './pages/compare.js';
import {DeadLettersPage} from './pages/dead-letters.js';
import {FlowPage} from './pages/flow.js';
import {FlowsPage} from './pages/flows.js';
import {IncidentPage, IncidentsPage} from './pages/incidents.js';
import {JobPage, JobsPage} from './pages/jobs.js';
import {NotificationPage, NotificationsPage} from './pages/notifications.js';
import {OrchestrationPage, OrchestrationsPage} from './pages/orchestrations.js';
import {OverviewPage} from './pages/overview.js';
import {SchedulePage, SchedulesPage} from './pages/schedules.js';
import {TasksPage} from './pages/tasks.js';
import {Find} from './parts/find.js';
import {Login} from './parts/login.js';
import {visible} from './model/text.js';
import {LiveStream} from './stream.js';

const POLL_MS = 2000;

/** How often a page is read although the server says what changes: a sign that got lost must not last. */
const STREAMED_POLL_MS = 10_000;

/** Several signs at once are one reading. */
const HINT_MS = 150;
const READY_EVERY_MS = 6000;
const COUNT_EVERY_MS = 10_000;
const NOT_READY = 'The orchestrator is not ready';
const ANSWER_WITHIN_MS = 15_000;
const ANNOUNCE_EVERY_MS = 5000;

const PAGES = {
  overview: OverviewPage,
  flows: FlowsPage,
  flow: FlowPage,
  orchestrations: OrchestrationsPage,
  orchestration: OrchestrationPage,
  deadLetters: DeadLettersPage,
  tasks: TasksPage,
  incidents: IncidentsPage,
  incident: IncidentPage,
  jobs: JobsPage,
  job: JobPage,
  schedules: SchedulesPage,
  schedule: SchedulePage,
  breakers: BreakersPage,
  breaker: BreakerPage,
  notifications: NotificationsPage,
  notification: NotificationPage,
  compare: ComparePage,
};
const BAR = [['overview', '', 'Overview'], ['flows', 'flows', 'Flows'], ['incidents', 'incidents', 'Incidents'], ['tasks', 'tasks', 'Tasks'], ['orchestrations', 'orchestrations', 'Orchestrations'], ['deadLetters', 'dead-letters', 'Dead letters'], ['jobs', 'jobs', 'Jobs'], ['schedules', 'schedules', 'Schedules'], ['breakers', 'breakers', 'Breakers'], ['notifications', 'notifications', 'Notifications']];
const HELP = [
  ['/', 'find flows and everything else'], ['g o', 'overview'], ['g f', 'flows'], ['g i', 'incidents'], ['g t', 'tasks'], ['g r', 'orchestrations'], ['g d', 'dead letters'], ['g j', 'jobs'], ['g s', 'schedules'], ['g b', 'breakers'], ['g n', 'notifications'],
  ['j, k', 'next and previous row'], ['Enter', 'open the row'], ['x, Shift-x, *', 'select the row, up to it, all that match'], ['e', 'the whole error of the row'], ['Esc', 'close, or back with the filters'],
  ['r', 'retry this flow, or the selected ones'], ['u', 'undo plan of this flow'], ['.', 'show newer rows'], ['t', 'UTC or local time'], ['c', 'copy the command'], ['y', 'copy the address'], ['?', 'this list'],
];

/** Settings of the appearance only; a browser without storage is no reason to fail. */
function remembered(name, fallback) {
  try {
    return localStorage.getItem(`doundo.${name}`) ?? fallback;
  } catch {
    return fallback;
  }
}

/** @param value null for the usual one, which takes no place */
function remember(name, value) {
  try {
    value === null ? localStorage.removeItem(`doundo.${name}`) : localStorage.setItem(`doundo.${name}`, value);
  } catch {
    // It holds until the page is left.
  }
}

class App {
  constructor() {
    this.zone = remembered('zone', 'utc');
    this.columns = columnsOf(remembered('columns', null));
    this.theme = remembered('theme', matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    this.last = {at: 0, lost: 0, why: '', complete: true, note: null};
    this.dialog = null;
    this.login = new Login(this);
    this.heard = '';
    this.heardAt = 0;
    this.row = -1;
    this.chord = '';
    this.run = 0;
    // What this orchestrator cannot do has no page, and what waits is counted beside its page.
    this.absent = {incidents: true};
    this.counts = {};
    this.find = this.newFind();
    this.stream = new LiveStream(() => this.hint(), () => this.streamed());
  }

  newFind() {
    return new Find(this, () => this.bar().map(([, path, word]) => ({word, path})));
  }

  /** Somebody else may be logged in now: nothing that was read for the one before is kept. */
  forget() {
    this.find = this.newFind();
    this.counts = {};
    this.countedAt = 0;
    this.arrive();
  }

  start() {
    document.documentElement.dataset.theme = this.theme;
    document.getElementById('app').replaceChildren();
    // Its address is relative to the page, so it would be loaded again for each page.
    const icon = document.querySelector('link[rel="icon"]');
    icon.setAttribute('href', icon.href);
    addEventListener('popstate', () => this.arrive());
    addEventListener('click', (event) => this.click(event));
    addEventListener('keydown', (event) => this.key(event));
    document.addEventListener('visibilitychange', () => (document.hidden ? this.hide() : this.reload()));
    addEventListener('offline', () => this.reload());
    addEventListener('online', () => this.reload());
    setInterval(() => document.hidden || this.draw(), 1000);
    setInterval(() => this.watch(), 1000);
    this.login.look().then(() => this.arrive());
  }

  /** The address of a page, below any path prefix of this orchestrator. */
  href(path) {
    const url = new URL(path, api.ROOT);
    return url.pathname + url.search + url.hash;
  }

  /** The pages that this orchestrator has. */
  bar() {
    return BAR.filter(([page]) => this.absent[page] !== true);
  }

  go(path) {
    history.pushState({depth: this.depth() + 1}, '', this.href(path));
    this.arrive();
  }

  /** Goes on to an address that stands for this one. */
  replace(path) {
    history.replaceState(history.state, '', this.href(path));
    this.arrive();
  }

  /** How many pages of the console are behind this one in the history. */
  depth() {
    return history.state?.depth ?? 0;
  }

  arrive() {
    const path = location.pathname.startsWith(api.ROOT.pathname) ? location.pathname.slice(api.ROOT.pathname.length) : location.pathname;
    this.at = route(path, location.search);
    this.anchor = decoded(location.hash.slice(1));
    const Page = PAGES[this.at.page];
    this.page = Page ? new Page(this, this.at) : null;
    this.row = -1;
    this.dialog = null;
    this.menu = false;
    this.stream.follow([]);
    this.draw();
    document.title = `${this.page?.title() ?? 'Not found'} · DoUndo`;
    this.reload();
  }

  /** A page that nobody sees costs nothing. */
  hide() {
    this.stream.close();
    this.stop();
  }

  /** Something changed. A reading that is under way is not broken off: it might never end. */
  hint() {
    if (this.isReading) {
      this.isHinted = true;
    } else {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.reload(), HINT_MS);
    }
  }

  /** The stream has begun or ended. What changed before it began is not in it. */
  streamed() {
    if (this.stream.isOpen) {
      this.hint();
    } else if (!this.isReading && !document.hidden) {
      this.reload();
    }
  }

  every() {
    return Math.max(this.page?.every ?? POLL_MS, this.stream.isOpen ? STREAMED_POLL_MS : 0);
  }

  stop() {
    clearTimeout(this.timer);
    this.run++;
    this.reading?.abort();
  }

  /** Reads the page now, then every two seconds, or as the page says, while it is visible. */
  async reload() {
    this.stop();
    if (!this.page || document.hidden || this.login.asked) {
      return;
    }
    const run = this.run;
    const page = this.page;
    const reading = new AbortController();
    this.reading = reading;
    this.isReading = true;
    this.isHinted = false;
    const limit = setTimeout(() => reading.abort(new api.Lost('Connection lost')), ANSWER_WITHIN_MS);
    try {
      const told = await page.load(reading.signal);
      if (run !== this.run) {
        return;
      }
      if (this.isLost || this.isLookDue()) {
        await this.look(reading.signal);
      }
      this.isLost = false;
      this.lose(this.isUnready ? Date.now() : 0, this.isUnready ? NOT_READY : '');
      page.problem = null;
      page.hasFigures = true;
      Object.assign(this.last, {at: Date.now(), complete: told.complete, note: told.note, lagMs: told.lagMs ?? 0});
      if (told.lagMs !== undefined) {
        // An orchestrator that reports lagMs also serves incidents; an older one has neither.
        this.count();
      }
      this.stream.follow(page.topics?.() ?? []);
    } catch (e) {
      if (run !== this.run) {
        return;
      }
      this.failed(e, page);
    } finally {
      clearTimeout(limit);
      this.isReading &&= run !== this.run;
    }
    if (run === this.run) {
      this.draw();
      this.toAnchor();
      this.timer = setTimeout(() => this.reload(), this.isHinted ? HINT_MS : this.every());
    }
  }

  /** Goes once to the row that the address names, such as #createRealm, as soon as it is there. */
  toAnchor() {
    const row = this.anchor && [...document.querySelectorAll('[data-anchor]')].find((one) => one.dataset.anchor === this.anchor);
    if (row) {
      this.anchor = '';
      row.tabIndex = -1;
      row.scrollIntoView({block: 'center'});
      row.focus();
    }
  }

  isLookDue() {
    return Date.now() - (this.lookedAt ?? 0) >= READY_EVERY_MS;
  }

  /** Data read from memory may be stale without a sign of it; readiness knows. */
  async look(signal) {
    this.lookedAt = Date.now();
    try {
      await api.text('actuator/health/readiness', {signal});
      this.isUnready = false;
    } catch (e) {
      if (!(e instanceof api.Problem)) {
        throw e;
      }
      this.isUnready = e.status === 503;
    }
  }

  /** Looks whether the orchestrator is ready also while a page need not be read: what it shows may be old. */
  async watch() {
    if (document.hidden || this.login.asked || !this.page || !this.isLookDue()) {
      return;
    }
    const was = this.isUnready;
    try {
      await this.look(AbortSignal.timeout(ANSWER_WITHIN_MS));
      if (this.isUnready) {
        this.lose(Date.now(), NOT_READY);
      } else if (was) {
        this.lose(0, '');
        this.hint();
      }
    } catch {
      // Reading the page shows what is wrong with the connection.
      this.hint();
    }
    this.draw();
  }

  /** How much waits, for the bar; it is no part of any page, so a failure shows there. */
  async count() {
    if (Date.now() - (this.countedAt ?? 0) < COUNT_EVERY_MS) {
      return;
    }
    this.countedAt = Date.now();
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      const [page, stats] = await Promise.all([api.jsonIfThere('api/incidents?limit=100', {signal}), api.jsonIfThere('api/stats?window=1m', {signal})]);
      this.absent.incidents = page === null;
      this.counts.incidents = incidentsThatWait(page);
      // Those of the last day.
      this.counts.deadLetters = stats?.deadLetters24h ?? 0;
    } catch {
      // A caller who may not read this sees no number.
    }
    this.draw();
  }

  lose(at, why) {
    this.last.lost = at === 0 ? 0 : this.last.lost || at;
    this.last.why = why;
  }

  failed(e, page) {
    if (e instanceof api.Problem && e.status === 401) {
      this.login.ask(e.message);
      return;
    }
    if (e instanceof api.Problem && e.status < 500) {
      page.problem = e;
      this.last.at = refusedAt(this.last.at, page.hasFigures === true, Date.now());
      return;
    }
    // As soon as the page can be read again, readiness is looked at too.
    this.isLost = true;
    if (e instanceof api.Problem) {
      page.problem = e;
      if (e.status === 501) {
        this.last.at = refusedAt(this.last.at, page.hasFigures === true, Date.now());
        return;
      }
      this.lose(Date.now(), 'The orchestrator cannot answer');
    } else if (e instanceof api.Lost || e.name === 'AbortError') {
      this.lose(Date.now(), 'Connection lost');
    } else {
      page.problem = e;
      console.error(e);
    }
  }

  isStale() {
    return this.last.lost > 0;
  }

  /** Announces to screen readers, politely and at most every five seconds; the last text wins. */
  announce(text) {
    clearTimeout(this.voice);
    const wait = Math.max(0, this.heardAt + ANNOUNCE_EVERY_MS - Date.now());
    this.voice = setTimeout(() => {
      this.heardAt = Date.now();
      this.heard = text;
      this.draw();
    }, wait);
  }

  click(event) {
    const link = event.target.closest?.('a[href]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || link.target) {
      return;
    }
    const to = new URL(link.href);
    if (to.origin === location.origin && to.pathname.startsWith(api.ROOT.pathname) && link.dataset.out === undefined) {
      event.preventDefault();
      this.go(to.href);
      document.getElementById('main')?.focus();
    }
  }

  key(event) {
    const typing = event.target.closest?.('input, textarea, select');
    if (event.key === 'Escape' && !this.dialog) {
      if (typing) {
        event.target.blur();
      } else if (this.help) {
        this.help = false;
        this.draw();
      } else if (this.at.page !== 'overview') {
        this.depth() > 0 ? history.back() : this.go(this.at.page === 'flow' ? 'flows' : '');
      }
      return;
    }
    if (typing || this.dialog || this.login.asked || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (this.press(event)) {
      event.preventDefault();
      this.draw();
    }
  }

  press(event) {
    if (this.chord === 'g') {
      this.chord = '';
      const to = this.absent.incidents && event.key === 'i' ? undefined : {o: '', f: 'flows', i: 'incidents', t: 'tasks', r: 'orchestrations', d: 'dead-letters', j: 'jobs', s: 'schedules', b: 'breakers', n: 'notifications'}[event.key];
      if (to !== undefined) {
        this.go(to);
        return true;
      }
    }
    switch (event.key) {
      case 'g':
        this.chord = 'g';
        return true;
      case '/':
        this.menu = true;
        this.draw();
        document.getElementById('find')?.focus();
        document.getElementById('find')?.select();
        return true;
      case '?':
        this.help = !this.help;
        return true;
      case 't':
        this.zone = this.zone === 'utc' ? 'local' : 'utc';
        remember('zone', this.zone);
        return true;
      case 'y':
        this.copyText(location.href, 'Address copied.');
        return true;
      case 'j':
        return this.move(1);
      case 'k':
        return this.move(-1);
      case 'Enter':
        return event.target.closest?.('a, button, summary') ? false : this.open();
      default:
        return this.page?.key?.(event) ?? false;
    }
  }

  copyText(text, done = 'Command copied.') {
    const refused = () => this.announce('The browser does not let this page copy.');
    navigator.clipboard ? navigator.clipboard.writeText(text).then(() => this.announce(done), refused) : refused();
  }

  move(by) {
    const rows = [...document.querySelectorAll('[data-row]')];
    if (rows.length === 0) {
      return false;
    }
    this.row = Math.min(Math.max(this.row + by, 0), rows.length - 1);
    const row = rows[this.row];
    row.scrollIntoView({block: 'nearest'});
    const link = row.querySelector('[data-open]');
    if (link) {
      link.focus();
    } else {
      row.tabIndex = -1;
      row.focus();
    }
    return true;
  }

  open() {
    const link = document.querySelectorAll('[data-row]')[this.row]?.querySelector('[data-open]');
    link?.click();
    return link !== undefined && link !== null;
  }

  /** Never fails: the page would not be read again. */
  draw() {
    const at = document.getElementById('app');
    try {
      render(this.view(), at);
    } catch (e) {
      this.report(e);
      // lit-html cannot go on with a page that it has drawn in part.
      const fresh = at.cloneNode(false);
      at.replaceWith(fresh);
      render(undrawn(e), fresh);
    }
  }

  /** A page that cannot be drawn leaves the rest of the console as it is. */
  pageView() {
    try {
      return this.page.view();
    } catch (e) {
      this.report(e);
      return undrawn(e);
    }
  }

  /** Once, as the page is drawn each second. */
  report(e) {
    if (this.reported !== e.message) {
      this.reported = e.message;
      console.error(e);
    }
  }

  view() {
    const state = freshness(this.last, Date.now(), this.zone, this.every(), this.stream.isOpen);
    return html`
      <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); event.stopPropagation(); document.getElementById('main').focus(); }}>To the page</a>
      <header class=${this.menu ? 'bar open' : 'bar'}>
        <a class="brand" href=${this.href('')}>DoUndo</a>
        <button type="button" class="menu" aria-expanded=${this.menu ? 'true' : 'false'} @click=${() => { this.menu = !this.menu; this.draw(); }}>Menu</button>
        <nav aria-label="Pages">${this.bar().map(([page, path, word]) => html`<a href=${this.href(path)}
          aria-current=${this.isAt(page) ? 'page' : 'false'}>${word}${this.counts[page] > 0 ? ` (${this.counts[page].toLocaleString('en')})` : ''}</a>`)}</nav>
        ${this.find.view()}
        <button type="button" @click=${() => { this.zone = this.zone === 'utc' ? 'local' : 'utc'; remember('zone', this.zone); this.draw(); }} title="Times in UTC or in local time">${this.zone === 'utc' ? 'UTC' : 'local'}</button>
        <button type="button" @click=${() => this.turn()} aria-label="Light or dark">${this.theme === 'dark' ? 'light' : 'dark'}</button>
        ${this.login.who()}
        <span class="fresh ${state.state}" id="fresh"><span class="dot" aria-hidden="true"></span> ${visible(state.text)}</span>
      </header>
      ${this.stream.isNewBuild ? html`<p class="note newbuild">The orchestrator has a newer console. <button type="button" @click=${() => location.reload()}>Reload</button></p>` : ''}
      <main id="main" tabindex="-1" class=${this.isStale() ? 'stale' : ''}>
        ${this.login.banner()}
        ${this.login.asked ? this.login.form() : this.page ? this.pageView() : html`<h1>Not found</h1><p>There is no page ${visible(location.pathname)}. <a href=${this.href('')}>Overview</a></p>`}
      </main>
      ${this.help ? html`<aside class="help" aria-label="Keys"><h2>Keys</h2><dl>${HELP.map(([key, word]) => html`<dt><kbd>${key}</kbd></dt><dd>${word}</dd>`)}</dl></aside>` : ''}
      ${this.dialog ? this.dialog.view() : ''}
      <p class="voice" role="status" aria-live="polite">${visible(this.heard)}</p>`;
  }

  isAt(page) {
    return page === this.at.page || (page === 'flows' && ['flow', 'compare'].includes(this.at.page)) || (page === 'orchestrations' && this.at.page === 'orchestration') || (page === 'jobs' && this.at.page === 'job') || (page === 'schedules' && this.at.page === 'schedule') || (page === 'breakers' && this.at.page === 'breaker') || (page === 'notifications' && this.at.page === 'notification')
      || (page === 'incidents' && this.at.page === 'incident');
  }

  /** Shows or hides a column of the list of flows. */
  turnColumn(name) {
    this.columns.has(name) ? this.columns.delete(name) : this.columns.add(name);
    remember('columns', columnsText(this.columns));
    this.draw();
  }

  turn() {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset.theme = this.theme;
    remember('theme', this.theme);
    this.draw();
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function undrawn(e) {
  return html`<p class="failure" role="alert">This page cannot be drawn: ${visible(e.message)}. It goes on being read, and the REST API still has what belongs here.</p>`;
}

new App().start();
