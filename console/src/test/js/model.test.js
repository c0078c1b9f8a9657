import {assert, test} from './check.js';
import {cli, curl, kafka, body, taskBody, taskCli, taskKafka} from '../../main/resources/static/console/model/command.js';
import {freshness, refusedAt, toldBy, toldByOne} from '../../main/resources/static/console/model/freshness.js';
import {elements, member, pretty} from '../../main/resources/static/console/model/json.js';
import {overviewSentence} from '../../main/resources/static/console/model/overview.js';
import {asRows, beyondPage, merged} from '../../main/resources/static/console/model/rows.js';
import {cut, visible} from '../../main/resources/static/console/model/text.js';
import {ago, duration, instant, isoDuration, shownTime, stamp, typedTime} from '../../main/resources/static/console/model/time.js';
import {comparePath, filterOf, filterQuery, flowApi, flowPath, flowsPath, incidentPath, incidentsPath, jobPath, orchestrationApi, orchestrationPath, restQuery, route, tasksPath} from '../../main/resources/static/console/model/url.js';

test('the body keeps the payload as it was written and leaves out what is empty', () => {
  assert.equal(body({}), '{}');
  assert.equal(body({step: 'a', payload: '{"n":1.10}', reason: 'x"y'}), '{"stepName":"a","payload":{"n":1.10},"reason":"x\\"y"}');
});

test('the same verb on the command line, for curl and for Kafka', () => {
  const verb = {verb: 'retry', flowId: 'ord-17', step: 'createRealm', reason: "it's back"};
  assert.equal(cli(verb), "./doundo retry --step createRealm --reason 'it'\\''s back' ord-17");
  assert.equal(curl({...verb, url: 'http://localhost:8080/api/flows/ord-17/retry', withKey: true}),
    "curl --fail-with-body --request POST --header @doundo-key.header --header 'Content-Type: application/json'"
    + " --data-raw '{\"stepName\":\"createRealm\",\"reason\":\"it'\\''s back\"}' http://localhost:8080/api/flows/ord-17/retry");
  assert.deepEqual(JSON.parse(kafka(verb).record), {flowId: 'ord-17', action: 'RETRY', stepName: 'createRealm', reason: "it's back"});
  assert.deepEqual(JSON.parse(kafka({verb: 'pause', flowId: 'a'}).record), {flowId: 'a', action: 'PAUSE'});
});

test('a value that begins with a hyphen is no option', () => {
  assert.equal(cli({verb: 'undo', flowId: '-x', reason: '--yes'}), './doundo undo --reason=--yes -- -x');
});

test('Kafka cannot take a record with a line break, and says so', () => {
  assert.match(kafka({verb: 'retry', flowId: 'a', payload: '{\n}'}).refused, /line break/);
  assert.match(kafka({verb: 'retry', flowId: 'a\tb'}).refused, /tab/);
});

test('an address names the step and the entry of the timeline', () => {
  assert.equal(flowPath('ord-17', {at: 12}), 'flows/ord-17?at=12');
  assert.equal(flowPath('a b', {at: 12}), 'flow?flowId=a+b&at=12');
  assert.deepEqual(route('flows/ord-17', '?at=12'), {page: 'flow', flowId: 'ord-17', at: '12'});
  assert.equal(flowPath('a b', {since: '-30d'}), 'flow?flowId=a+b&since=-30d');
  assert.deepEqual(route('flow', '?flowId=a+b&since=-30d'), {page: 'flow', flowId: 'a b', at: '', since: '-30d'});
  assert.deepEqual(route('flows/ord-17', '?since=-30d'), {page: 'flow', flowId: 'ord-17', at: '', since: '-30d'});
});

test('nothing of others is invisible or turns the line around', () => {
  assert.equal(visible('a\u202Eb\u0000c\nd'), 'a\u27e8U+202E\u27e9b\u27e8U+0000\u27e9c\u27e8U+000A\u27e9d');
  assert.equal(visible('a\nb\tc\r', {lines: true}), 'a\nb\tc\u27e8U+000D\u27e9');
  assert.equal(visible('\u{E0041}'), '\u27e8U+E0041\u27e9');
  assert.equal(visible(null), '');
  assert.equal(cut('x'.repeat(10_000), 5), 'xxxxx… (10,000 characters)');
});

test('JSON is laid out without touching a digit', () => {
  const text = '{"n":12345678901234567890,"d":1.10,"e":{},"l":[1,{"a":"x:,{}\\""}],"z":[]}';
  assert.equal(pretty(text), '{\n  "n": 12345678901234567890,\n  "d": 1.10,\n  "e": {},\n  "l": [\n    1,\n    {\n      "a": "x:,{}\\""\n    }\n  ],\n  "z": []\n}');
  assert.equal(pretty('{"a":'), '{"a":');
  assert.equal(pretty(' 7 '), '7');
});

test('deep and long JSON fills no memory', () => {
  const deep = '['.repeat(60) + '1' + ']'.repeat(60);
  assert.ok(pretty(deep).includes(`\n${' '.repeat(80)}1\n`));
  assert.equal(pretty(deep).replace(/\s/g, ''), deep);
  const nested = '['.repeat(20_000) + ']'.repeat(20_000);
  assert.ok(pretty(nested).length < 100 * nested.length);
  const long = `[${'1,'.repeat(100_000)}1]`;
  assert.equal(pretty(long), long);
  assert.equal(pretty(undefined), undefined);
});

test('a member is found at its own depth only', () => {
  const text = '{"steps":[{"payload":1}],"payload":{"x":1.0},"s":"payload"}';
  assert.equal(member(text, 'payload'), '{"x":1.0}');
  assert.equal(member(text, 's'), '"payload"');
  assert.equal(member(text, 'none'), undefined);
  assert.deepEqual(elements(member(text, 'steps')), ['{"payload":1}']);
});

test('an address and its filter are each other', () => {
  const path = flowsPath({status: ['PARKED', 'UNDOING'], orchestration: 'a b', step: '', error: '<img>', from: '-1h', cursor: ''});
  const filter = {...filterOf(new URLSearchParams()), status: ['PARKED', 'UNDOING'], orchestration: 'a b', error: '<img>', from: '-1h'};
  assert.equal(path, 'flows?status=PARKED&status=UNDOING&orchestration=a+b&error=%3Cimg%3E&from=-1h');
  assert.deepEqual(route('flows', path.slice(5)), {page: 'flows', filter});
  assert.deepEqual(filterOf(filterQuery(filter)), filter);
});

test('every flowId has an address, also one that no path carries', () => {
  for (const flowId of ['ord-17', '..', '.', 'a/b', 'a b', '<img>', '%', '?x=1', 'ü']) {
    const path = flowPath(flowId);
    const [pathname, search = ''] = path.split('?');
    assert.deepEqual(route(pathname, search), {page: 'flow', flowId, at: ''});
  }
  assert.equal(flowApi('ord-17', 'why'), 'api/flows/ord-17/why');
  assert.equal(flowApi('a/b', 'retry', {dryRun: 'true'}), 'api/flow/retry?flowId=a%2Fb&dryRun=true');
});

test('an address that means nothing is no page', () => {
  for (const path of ['flows/a/b', 'nowhere', 'flow', '%E0%A4%A']) {
    assert.equal(route(path, '').page, 'unknown');
  }
  assert.deepEqual(route('', '?window=6h'), {page: 'overview', window: '6h'});
  assert.deepEqual(route('orchestrations/a%2Fb', ''), {page: 'orchestration', name: 'a/b', version: '', diff: ''});
});

test('every page has an address, and what is not said is left out of it', () => {
  const at = (path) => route(...path.split('?'));
  assert.deepEqual(at(orchestrationPath('a/b', {version: 7, diff: 6})), {page: 'orchestration', name: 'a/b', version: '7', diff: '6'});
  assert.equal(orchestrationPath('order', {version: null, diff: ''}), 'orchestrations/order');
  assert.deepEqual(at(comparePath('<a>&b=', 'x y')), {page: 'compare', a: '<a>&b=', b: 'x y'});
  assert.equal(comparePath('a', ''), 'compare?a=a');
  assert.deepEqual(at(tasksPath({assignee: 'me', overdue: 'true', step: ''})).filter,
    {assignee: 'me', candidate: '', orchestration: '', overdue: 'true', cursor: '', flowId: '', step: ''});
  assert.deepEqual(at(incidentPath('v1:9f/2')), {page: 'incident', fingerprint: 'v1:9f/2'});
  assert.deepEqual(at(incidentsPath({window: '1h'})), {page: 'incidents', filter: {window: '1h', orchestration: '', step: ''}});
  assert.deepEqual(at(jobPath('j-1', {outcome: 'REFUSED'})), {page: 'job', jobId: 'j-1', outcome: 'REFUSED'});
  assert.equal(orchestrationApi('a/b', 'diff', {from: 1, to: 2}), 'api/orchestrations/a%2Fb/diff?from=1&to=2');
});

test('a task as a command', () => {
  const request = {flowId: '-f', step: "o'k", payload: '-5', reason: ''};
  assert.equal(taskCli({action: 'complete', ...request}), "./doundo task complete --payload=-5 -- -f 'o'\\''k'");
  assert.equal(taskCli({action: 'assign', flowId: 'f', step: 's', assignee: '', reason: '-x'}), "./doundo task assign --to '' --reason=-x f s");
  assert.deepEqual(JSON.parse(taskBody({flowId: 'f', step: 's', payload: '{"n":1.0}', controlId: 'c'})), {flowId: 'f', step: 's', payload: {n: 1}, controlId: 'c'});
  assert.deepEqual(JSON.parse(taskKafka({action: 'complete', flowId: 'f', step: 's', payload: '{}'}).record), {flowId: 'f', action: 'SIGNAL', signal: 's', payload: {}});
  assert.deepEqual(JSON.parse(taskKafka({action: 'assign', flowId: 'f', step: 's', assignee: 'ann', reason: 'ill'}).record),
    {flowId: 'f', action: 'ASSIGN', stepName: 's', assignee: 'ann', reason: 'ill'});
  assert.match(taskKafka({action: 'complete', flowId: 'a\nb', step: 's', payload: ''}).refused, /line break/);
});

test('times', () => {
  const now = Date.parse('2026-11-29T02:45:08Z');
  assert.equal(stamp('2026-11-29T02:14:07.9Z', 'utc'), '2026-11-29 02:14:07');
  assert.equal(ago('2026-11-29T02:14:07Z', now), '31 m 1 s ago');
  assert.equal(ago('2026-11-29T02:45:18Z', now), 'in 10 s');
  assert.equal(duration(340), '340 ms');
  assert.equal(duration(9_960), '10.0 s');
  assert.equal(duration(90_061_000), '1 d 1 h');
  assert.equal(instant('-1h', now), '2026-11-29T01:45:08.000Z');
  assert.equal(instant('2026-11-29 02:00', now), '2026-11-29T02:00:00.000Z');
  assert.equal(instant('2026-11-29', now), '2026-11-29T00:00:00.000Z');
  const local = new Date(2026, 10, 29, 2, 0).toISOString();
  assert.equal(instant('2026-11-29 02:00', now, 'local'), local, 'what is typed is of the zone that is shown');
  assert.equal(typedTime('2026-11-29T02:00', 'local'), local);
  assert.equal(shownTime(local, 'local'), '2026-11-29 02:00:00');
  assert.equal(shownTime('2026-11-29T02:00:00Z', 'utc'), '2026-11-29 02:00:00');
  assert.deepEqual(['-1h', 'soon', ''].map((text) => shownTime(text, 'utc')), ['-1h', 'soon', '']);
  assert.deepEqual([' -1h ', 'soon', ''].map((text) => typedTime(text, 'utc')), ['-1h', 'soon', '']);
  assert.equal(instant('yesterday', now), null);
  assert.equal(instant('', now), null);
  assert.equal(isoDuration('PT1H30M'), '1 h 30 m');
  assert.equal(isoDuration('P7D'), '7 d');
  assert.equal(isoDuration('soon'), 'soon');
});

test('rows stay where they are; what is new waits', () => {
  const at = (id, startedAt) => ({id, startedAt});
  const first = asRows([at('c', 3), at('b', 2), at('a', 1)]);
  const next = merged(first, [at('d', 4), at('c', 3.5)], (flow) => flow.id, (flow) => flow.startedAt <= 1);
  assert.deepEqual(next.rows.map((row) => [row.item.id, row.item.startedAt, row.gone]), [['c', 3.5, false], ['b', 2, true], ['a', 1, false]]);
  assert.equal(next.newer, 1);
});

test('a list is read up to now, and followed as it was asked for', () => {
  const now = Date.parse('2027-05-04T12:00:00Z');
  const filter = {status: ['PARKED'], from: '-1h', to: '2027-05-04 11:30'};
  assert.equal(restQuery(filter, now).toString(), 'status=PARKED&from=2027-05-04T11%3A00%3A00.000Z&to=2027-05-04T11%3A30%3A00.000Z');
  assert.equal(restQuery(filter, now, true).get('from'), '-1h');
  assert.equal(restQuery(filter, now, true).get('to'), '2027-05-04T11:30:00.000Z');
  assert.throws(() => restQuery({from: 'soon'}, now), /^RangeError: from must be a time/);
});

test('a flow that others push off the page still matches, in whatever order', () => {
  const flow = (startedAt, updatedAt) => ({startedAt: `2027-05-04T0${startedAt}:00:00Z`, updatedAt: `2027-05-04T0${updatedAt}:00:00Z`});
  const last = flow(3, 6);
  assert.ok(beyondPage('', last)(flow(2, 9)) && !beyondPage('', last)(flow(4, 5)));
  assert.ok(beyondPage('startedAt', last)(flow(4, 5)) && !beyondPage('startedAt', last)(flow(2, 9)));
  assert.ok(beyondPage('-updatedAt', last)(flow(4, 5)) && !beyondPage('-updatedAt', last)(flow(2, 9)));
  assert.ok(beyondPage('dueAt', last)(flow(2, 9)), 'nobody knows');
});

test('the overview says in one sentence whether anything waits', () => {
  assert.equal(overviewSentence({PARKED: 41, IN_PROGRESS: 3}), '41 flows wait for you; everything else moves.');
  assert.equal(overviewSentence({PARKED: 1}), '1 flow waits for you; nothing else is open.');
  assert.equal(overviewSentence({IN_PROGRESS: 3}), 'All flows move.');
  assert.equal(overviewSentence({}), 'No flow is open.');
});

test('the page says how true it is', () => {
  const now = 1_000_000;
  assert.equal(freshness({at: now - 400, lost: 0, complete: true}, now, 'utc').text, 'Live, 0.4 s ago');
  assert.equal(freshness({at: now - 12_000, lost: 0, complete: true}, now, 'utc').state, 'behind');
  assert.equal(freshness({at: now - 12_000, lost: 0, complete: true}, now, 'utc', 10_000).state, 'live');
  assert.deepEqual(toldBy({jobs: [], complete: false, note: 'it is behind', lagMs: 7000}), {complete: false, note: 'it is behind', lagMs: 7000});
  assert.equal(toldBy({jobs: []}).complete, true, 'of an older orchestrator');
  assert.equal(toldByOne({name: 'bank'}).complete, true, 'of an older orchestrator');
  const shown = (one) => freshness({at: now, lost: 0, ...toldByOne(one)}, now, 'utc').text;
  assert.equal(shown({lagMs: 40, complete: true}), 'Live, 0.0 s ago');
  assert.equal(shown({lagMs: 7000, complete: false}), 'Behind by 7.0 s');
  assert.equal(shown({lagMs: 0, complete: false}), 'Not complete: this may be an older state.');
  assert.match(freshness({at: now, lost: 0, complete: false, note: 'the list is being read'}, now, 'utc').text, /^Not complete: the list/);
  assert.equal(freshness({at: now - 9000, lost: now - 5000, why: 'Connection lost'}, now, 'utc').text,
    'Connection lost (00:16:35). This is what was true at 00:16:31.');
});

test('a refusal makes old figures no younger', () => {
  assert.equal(refusedAt(1000, true, 9000), 1000);
  assert.equal(refusedAt(1000, false, 9000), 9000);
});
