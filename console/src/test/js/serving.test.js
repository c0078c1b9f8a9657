import {assert, test} from './check.js';
import {figures, flowsOn, instanceRows, serving, unservedSteps, workerSketch} from '../../main/resources/static/console/model/serving.js';

const NOW = Date.parse('2026-11-29T03:00:00Z');
const ROW = {step: 'pay', action: 'DO', attached: 'YES', groups: [{group: 'till', members: [{clientId: 'a'}, {clientId: 'b'}]}, {group: 'old', members: []}], lastAnswerAt: '2026-11-29T02:59:58Z', oldestUnansweredAt: null};

test('who serves a step is said with what is wrong', () => {
  const texts = (rows) => serving('pay', rows, NOW).map((line) => (line.isWarning ? `! ${line.text}` : line.text));
  assert.deepEqual(texts([ROW]), ['DO: 2 workers attached (till)', 'DO: last answer 2.0 s ago']);
  assert.deepEqual(texts([{...ROW, attached: 'NO', groups: [], lastAnswerAt: null, oldestUnansweredAt: '2026-11-29T02:56:00Z'}]),
    ['! DO: no worker is attached', '! DO: the oldest command has waited 4 m']);
  assert.deepEqual(texts([{...ROW, attached: 'UNKNOWN', groups: [], lastAnswerAt: null, oldestUnansweredAt: '2026-11-29T02:59:50Z'}]), ['DO: the oldest command has waited 10 s']);
  assert.deepEqual(texts([{...ROW, step: 'ship'}]), []);
  assert.deepEqual(texts(undefined), []);
});

test('a step is served by whoever reads its commands, declared or not', () => {
  const row = (step, attached, action = 'DO') => ({orchestration: 'order', step, action, attached});
  const definition = {name: 'order', unservedSteps: ['pay', 'ship', 'mail']};
  assert.deepEqual(unservedSteps(definition, [row('pay', 'YES'), row('ship', 'NO'), row('mail', 'UNKNOWN')]), ['ship', 'mail']);
  assert.deepEqual(unservedSteps(definition, [row('ship', 'YES', 'UNDO'), {...row('mail', 'YES'), orchestration: 'other'}]), ['pay', 'ship', 'mail']);
  assert.deepEqual(unservedSteps(definition, undefined), ['pay', 'ship', 'mail']);
  assert.deepEqual(unservedSteps({name: 'order'}, []), []);
});

test('figures leave out what never happened', () => {
  const words = (stats) => figures(stats).map((one) => `${one.word} ${one.text}`).join(', ');
  assert.equal(words({count: 1200, p50: 12, p95: 140, p99: 2500, retried: 6, inDoubt: 0, undone: 30}), 'answers 1,200, p50 12 ms, p95 140 ms, p99 2.5 s, retried 0.5 %, undone 2.5 %');
  assert.equal(words({count: 2, p50: null}), 'answers 2');
  assert.equal(words({count: 0}), '');
  assert.equal(words(undefined), '');
});

test('a version says how many flows are still on it', () => {
  const versions = [{version: 7, open: 1200, parked: 41}, {version: 6, open: 3, parked: 0}, {version: null, open: 1, parked: 0}];
  assert.equal(flowsOn(7, versions), '1,200 open, 41 of them wait for you');
  assert.equal(flowsOn(6, versions), '3 open');
  assert.equal(flowsOn(5, versions), '0 open');
});

test('a step that nobody serves comes with a worker for it', () => {
  assert.equal(workerSketch('order', {name: 'ship-now', undoable: false}),
    '@SagaWorker("order")\nclass Ship_nowWorker {\n  @Do("ship-now") Map<String, Object> ship_now(Map<String, Object> request) { \u2026 }\n}');
  assert.match(workerSketch('order', {name: 'pay', undoable: true}), /@Undo\("pay"\) void undo\(Undoing</);
});

test('instances are rows whatever is known of them', () => {
  assert.deepEqual(instanceRows([{name: 'a:8080', partitions: [0, 3], lagMs: 310, timerLateMs: null, state: 'RUNNING'}, {name: 'b', partitions: 12}]), [
    {name: 'a:8080', state: 'running', partitions: '2', lag: '310 ms', late: ''},
    {name: 'b', state: '', partitions: '12', lag: '', late: ''},
  ]);
  assert.deepEqual(instanceRows(undefined), []);
});
