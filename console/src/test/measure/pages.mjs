/**
 * Measures how long each page of the console takes until it shows its data, in a headless Chromium:
 *
 *   ./doundo dev --fill 100000 --no-workers
 *   node console/src/test/measure/pages.mjs http://localhost:8080
 *
 * Each page is opened afresh, with all its files from the server. Needs chromium and chromedriver in
 * the PATH, and a service without API keys. Exit code 1 if a page takes longer than a second at the
 * median, or if the browser complains.
 */
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

const RUNS = 7;
const MOST_MS = 1_000;
const PATIENCE_MS = 60_000;

const base = process.argv[2]?.replace(/\/?$/, '/');
if (!base) {
  console.error('usage: node pages.mjs http://localhost:8080');
  process.exit(2);
}

async function json(url, body, method = body === undefined ? 'GET' : 'POST') {
  const answer = await fetch(url, {method, headers: {'Content-Type': 'application/json'}, body: body === undefined ? undefined : JSON.stringify(body)});
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`${method} ${url}: ${answer.status} ${text.slice(0, 500)}`);
  }
  return text === '' ? null : JSON.parse(text);
}

const api = (path, body) => json(`${base}api/${path}`, body);

/** The pages with what must be there before one counts as shown, beside the end of all loading. */
async function pages() {
  const first = async (path, list) => (await api(path))[list][0];
  const parked = await first('flows?status=PARKED&limit=1', 'flows');
  const completed = await first('flows?status=COMPLETED&limit=1', 'flows');
  const incident = await first('incidents', 'incidents');
  const job = await api('jobs', {verb: 'RETRY', filter: 'status=PARKED', reason: 'measuring the page of a draft'});
  const flow = (id) => `flow?flowId=${encodeURIComponent(id)}`;
  return [
    ['overview', '', ['main a']],
    ['flows', 'flows', ['[data-row] [data-open]', '.facet button']],
    ['flows that are parked', 'flows?status=PARKED', ['[data-row] [data-open]']],
    ['flows by a part of the error', 'flows?error=stock', ['[data-row] [data-open]']],
    ['a parked flow', flow(parked.flowId), ['svg.graph .node', 'svg.gantt', '.why']],
    ['a flow that completed', flow(completed.flowId), ['svg.graph .node', 'svg.gantt']],
    ['incidents', 'incidents', ['[data-row] [data-open]']],
    ['an incident', `incidents/${incident.fingerprint}`, ['[data-row] [data-open]']],
    ['tasks', 'tasks', ['main table']],
    ['orchestrations', 'orchestrations', ['main a']],
    ['an orchestration', `orchestrations/${parked.orchestrationName}`, ['svg.graph .node']],
    ['two flows', `compare?a=${encodeURIComponent(parked.flowId)}&b=${encodeURIComponent(completed.flowId)}`, ['main table']],
    [`a draft job of ${job.matched} flows`, `jobs/${job.jobId}`, ['main [data-verb]']],
    ['jobs', 'jobs', ['main a']],
    ['schedules', 'schedules', []],
    ['dead letters', 'dead-letters', ['main table, main .cards, main [data-letter]']],
  ];
}

/** Runs in each document before everything else: notes when the page shows what it should. */
function watch(needs) {
  const look = () => {
    const main = document.querySelector('main');
    const there = main && main.innerText.length > 20 && !document.querySelector('.loading');
    if (there && needs.every((need) => document.querySelector(need))) {
      window.shownAfter = performance.now();
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}

async function browser() {
  const driver = spawn('chromedriver', ['--port=0'], {stdio: ['ignore', 'pipe', 'ignore']});
  let port;
  for await (const line of createInterface({input: driver.stdout})) {
    port = /started successfully on port (\d+)/.exec(line)?.[1];
    if (port) {
      break;
    }
  }
  driver.stdout.resume();
  const created = await json(`http://localhost:${port}/session`, {
    capabilities: {alwaysMatch: {
      'goog:loggingPrefs': {browser: 'ALL'},
      'goog:chromeOptions': {args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--window-size=1280,900']},
    }},
  });
  const session = `http://localhost:${port}/session/${created.value.sessionId}`;
  const send = async (path, body) => (await json(session + path, body)).value;
  return {
    send,
    run: (script) => send('/execute/sync', {script, args: []}),
    cdp: (cmd, params) => send('/goog/cdp/execute', {cmd, params}),
    close: async () => {
      await json(session, undefined, 'DELETE');
      driver.kill();
    },
  };
}

async function measure(shown, path, needs) {
  const {identifier} = await shown.cdp('Page.addScriptToEvaluateOnNewDocument', {source: `(${watch})(${JSON.stringify(needs)})`});
  const times = [];
  for (let i = 0; i < RUNS + 1; i++) {
    await shown.send('/url', {url: 'about:blank'});
    await shown.send('/url', {url: base + path});
    const end = Date.now() + PATIENCE_MS;
    let took = null;
    while (took === null) {
      took = await shown.run('return window.shownAfter ?? null');
      if (took === null && Date.now() > end) {
        throw new Error(`${path} never shows ${needs.join(', ')}, but\n${await shown.run('return document.body.innerText')}`);
      }
    }
    if (i > 0) {
      // The first one warms up.
      times.push(took);
    }
  }
  await shown.cdp('Page.removeScriptToEvaluateOnNewDocument', {identifier});
  return times.sort((a, b) => a - b);
}

const counted = await api('flows?limit=1&count=true');
console.log(`${counted.total.count.toLocaleString('en')} flows; each page ${RUNS} times, in ms`);
const shown = await browser();
let failed = false;
try {
  for (const [name, path, needs] of await pages()) {
    const times = await measure(shown, path, needs);
    const median = times[Math.floor(times.length / 2)];
    failed ||= median > MOST_MS;
    console.log(`${name.padEnd(34)} median ${median.toFixed(0).padStart(5)}   most ${times.at(-1).toFixed(0).padStart(5)}`);
    for (const entry of await shown.send('/se/log', {type: 'browser'})) {
      failed = true;
      console.error(`${name}: ${entry.level} ${entry.message}`);
    }
  }
} finally {
  await shown.close();
}
process.exitCode = failed ? 1 : 0;
