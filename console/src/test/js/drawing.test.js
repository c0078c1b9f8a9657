import {assert, test} from './check.js';
import {gantt, hasIdle, scale} from '../../main/resources/static/console/model/gantt.js';
import {layers, layout, NODE, order} from '../../main/resources/static/console/model/layout.js';

const DIAMOND = [
  {name: 'a', dependsOn: []},
  {name: 'b', dependsOn: ['a']},
  {name: 'c', dependsOn: ['a']},
  {name: 'd', dependsOn: ['b', 'c']},
];

test('a layer is the longest path, so that what starts together stands together', () => {
  assert.deepEqual([...layers([...DIAMOND, {name: 'e', dependsOn: ['a', 'd']}])], [['a', 0], ['b', 1], ['c', 1], ['d', 2], ['e', 3]]);
});

test('a branch of a choice and a step after another stand behind them', () => {
  const steps = [{name: 'choose'}, {name: 'left', guard: {choice: 'choose', branch: 0}}, {name: 'end', after: ['left']}];
  assert.deepEqual([...layers(steps).values()], [0, 1, 2]);
});

test('edges of two chains do not cross', () => {
  const steps = [{name: 'a'}, {name: 'b'}, {name: 'y', dependsOn: ['b']}, {name: 'x', dependsOn: ['a']}];
  const columns = order(steps, layers(steps));
  assert.equal(columns[0].indexOf('a') < columns[0].indexOf('b'), columns[1].indexOf('x') < columns[1].indexOf('y'));
});

test('no two nodes overlap, and every edge leads to the right', () => {
  const steps = Array.from({length: 200}, (_, i) => ({name: `s${i}`, dependsOn: i < 7 ? [] : [`s${(i * 13) % i}`, `s${i - 7}`]}));
  const placed = layout(steps);
  assert.equal(placed.nodes.length, 200);
  const taken = new Map();
  for (const node of placed.nodes) {
    for (const other of taken.get(node.x) ?? []) {
      assert.ok(Math.abs(other.y - node.y) >= NODE.height, `${node.name} on ${other.name}`);
    }
    taken.set(node.x, [...(taken.get(node.x) ?? []), node]);
    assert.ok(node.x >= 0 && node.y >= 0 && node.x + NODE.width <= placed.width && node.y + NODE.height <= placed.height);
  }
  assert.ok(placed.edges.every((edge) => edge.x1 < edge.x2));
});

test('an edge does not run behind a step', () => {
  const placed = layout([{name: 'a'}, {name: 'b', dependsOn: ['a']}, {name: 'c', dependsOn: ['a', 'b']}]);
  assert.deepEqual(placed.edges.map((edge) => [edge.from, edge.to, edge.bend < 0]), [['a', 'b', false], ['a', 'c', true], ['b', 'c', false]]);
  assert.ok(placed.edges[1].y1 + edge75(placed.edges[1].bend) >= 0, 'it stays in the picture');
  assert.ok(layout(DIAMOND).edges.every((edge) => edge.bend === 0));
});

/** How far a curve with both control points bent runs from its straight line. */
function edge75(bend) {
  return 0.75 * bend;
}

test('a cycle and an unknown dependency end the search, not the page', () => {
  assert.equal(layout([{name: 'a', dependsOn: ['b']}, {name: 'b', dependsOn: ['a', 'gone']}]).nodes.length, 2);
  assert.equal(layout([]).nodes.length, 0);
});

const T0 = Date.parse('2026-11-29T02:00:00Z');

function event(seconds, type, step, operation, more = {}) {
  return {type, step, operation, timestamp: new Date(T0 + seconds * 1000).toISOString(), ...more};
}

const JOURNEY = [
  event(0, 'FLOW_STARTED'),
  event(0, 'STEP_STARTED', 'a', 'DO', {attempt: 1}),
  event(1, 'STEP_SUCCESS', 'a', 'DO', {attempt: 1}),
  event(1, 'STEP_STARTED', 'b', 'DO', {attempt: 1}),
  event(2, 'STEP_FAILED', 'b', 'DO', {attempt: 1, reason: '503'}),
  event(2, 'STEP_RETRY_TRIGGERED', 'b', 'DO', {attempt: 1}),
  event(4, 'STEP_STARTED', 'b', 'DO', {attempt: 2}),
  event(5, 'STEP_TIMED_OUT', 'b', 'DO', {attempt: 2}),
  event(6, 'FLOW_UNDOING'),
  event(6, 'STEP_STARTED', 'b', 'UNDO', {attempt: 1}),
  event(7, 'STEP_SUCCESS', 'b', 'UNDO', {attempt: 1}),
  event(7, 'STEP_STARTED', 'a', 'UNDO', {attempt: 1}),
];

const inSeconds = (bars) => bars.map((bar) => [bar.kind, (bar.from - T0) / 1000, (bar.to - T0) / 1000, bar.outcome]);

test('DO stands above, UNDO below, waits between', () => {
  const chart = gantt(['a', 'b'], JOURNEY, T0 + 9000);
  assert.deepEqual(inSeconds(chart.rows[0].up), [['sent', 0, 1, 'success']]);
  assert.deepEqual(inSeconds(chart.rows[0].down), [['wait', 6, 7, null], ['sent', 7, 9, null]]);
  assert.deepEqual(inSeconds(chart.rows[1].up), [['sent', 1, 2, 'failed'], ['backoff', 2, 4, null], ['sent', 4, 5, 'doubt'], ['doubt', 5, 7, null]]);
  assert.deepEqual(inSeconds(chart.rows[1].down), [['sent', 6, 7, 'success']]);
  assert.equal(chart.rows[0].down[1].open, true);
  assert.equal(chart.from, T0);
  assert.equal(chart.to, T0 + 9000);
});

test('the run of a handler lies inside the bar of its command, whatever the clock of the worker says', () => {
  const answered = (more) => gantt(['a'], [event(0, 'STEP_STARTED', 'a', 'DO', {attempt: 1}), event(10, 'STEP_SUCCESS', 'a', 'DO', {attempt: 1, ...more})], null).rows[0].up[0].handler;
  const seconds = (handler) => [(handler.from - T0) / 1000, (handler.to - T0) / 1000];
  const at = (second) => new Date(T0 + second * 1000).toISOString();
  assert.deepEqual(seconds(answered({pickedUpAt: at(6), handledMs: 3000})), [6, 9]);
  assert.deepEqual(seconds(answered({pickedUpAt: at(-3600), handledMs: 3000})), [7, 10], 'a clock that is behind');
  assert.deepEqual(seconds(answered({pickedUpAt: at(9), handledMs: 3000})), [7, 10], 'a clock that is ahead');
  assert.deepEqual(seconds(answered({pickedUpAt: null, handledMs: 3000})), [7, 10]);
  assert.deepEqual(seconds(answered({pickedUpAt: at(0), handledMs: 99_000})), [0, 10], 'longer than the command was out');
  assert.equal(answered({pickedUpAt: null, handledMs: null}), undefined);
});

test('a command that a breaker held back is a wait', () => {
  const events = [
    event(0, 'FLOW_STARTED'),
    event(0, 'STEP_STARTED', 'a', 'DO', {attempt: 1}),
    event(0, 'STEP_HELD', 'a', 'DO', {attempt: 1}),
    event(7, 'STEP_RELEASED', 'a', 'DO'),
    event(7, 'STEP_STARTED', 'a', 'DO', {attempt: 1}),
    event(8, 'STEP_SUCCESS', 'a', 'DO', {attempt: 1}),
  ];
  assert.deepEqual(inSeconds(gantt(['a'], events, null).rows[0].up), [['wait', 0, 7, null], ['sent', 7, 8, 'success']]);
});

test('a failure that was the last one allowed is one bar', () => {
  const events = [event(0, 'STEP_STARTED', 'a', 'DO', {attempt: 3}), event(1, 'STEP_FAILED', 'a', 'DO', {attempt: 3}), event(1, 'STEP_RETRY_EXHAUSTED', 'a', 'DO', {attempt: 3})];
  assert.deepEqual(inSeconds(gantt(['a'], events, null).rows[0].up), [['sent', 0, 1, 'failed']]);
});

test('a step that an operator settles has a bar of its own', () => {
  const events = [...JOURNEY, event(8, 'STEP_RESOLVED', 'a', 'UNDO')];
  assert.deepEqual(inSeconds(gantt(['a', 'b'], events, null).rows[0].down), [['wait', 6, 7, null], ['sent', 7, 8, 'deed']]);
});

test('a flow that rests ends with its last entry', () => {
  const chart = gantt(['a', 'b'], JOURNEY, null);
  assert.equal(chart.to, T0 + 7000);
  assert.ok(chart.rows.flatMap((row) => [...row.up, ...row.down]).every((bar) => !bar.open));
});

test('a long row of attempts is folded in its middle', () => {
  const many = Array.from({length: 100}, (_, i) => [event(i * 2, 'STEP_STARTED', 'a', 'DO', {attempt: i + 1}), event(i * 2 + 1, 'STEP_FAILED', 'a', 'DO', {attempt: i + 1})]).flat();
  const lane = gantt(['a'], many, null).rows[0].up;
  assert.equal(lane.length, 41);
  assert.equal(lane[20].kind, 'folded');
  assert.equal(lane.filter((bar) => bar.kind === 'sent').length + lane[20].count, 100);
});

test('skipping idle times keeps the order and shows the work', () => {
  const events = [event(0, 'STEP_STARTED', 'a', 'DO'), event(1, 'STEP_SUCCESS', 'a', 'DO'), event(100_000, 'STEP_STARTED', 'b', 'DO'), event(100_001, 'STEP_SUCCESS', 'b', 'DO')];
  const chart = gantt(['a', 'b'], events, null);
  const x = scale(chart, true);
  assert.ok(hasIdle(chart));
  assert.ok(x(T0 + 1000) > 0.05);
  assert.equal(x(chart.from), 0);
  assert.equal(x(chart.to), 1);
  let last = -1;
  for (let at = chart.from; at <= chart.to; at += 1_000_000) {
    assert.ok(x(at) >= last);
    last = x(at);
  }
});

test('an empty timeline is a chart without bars', () => {
  const chart = gantt(['a'], [], null);
  assert.equal(scale(chart, false)(chart.from), 0);
  assert.equal(scale(chart, true)(chart.from) <= 1, true);
});

test("an operator's deed is remembered with its time", () => {
  const chart = gantt(['a'], [...JOURNEY, event(8, 'CONTROL_ACCEPTED', undefined, undefined, {reason: 'RETRY by kim'})], null);
  assert.deepEqual(chart.deeds, [{at: T0 + 8000, text: 'RETRY by kim', step: null}]);
});
