import {assert, test} from './check.js';
import {comparedFields, comparedSteps, divergence, times} from '../../main/resources/static/console/model/compare.js';
import {changeRows, marks, union, versionBefore} from '../../main/resources/static/console/model/diff.js';
import {leaves} from '../../main/resources/static/console/model/json.js';

const step = (name, status = 'DO_SUCCESS', more = {}) => ({name, status, attempts: 1, undoAttempts: 0, durationMs: 100, ...more});
const word = (status) => status;

test('flows part at the first step that went another way', () => {
  const result = comparedSteps([step('a'), step('b', 'FAILED', {attempts: 3}), step('c', 'PENDING')], [step('a', 'DO_SUCCESS', {attempts: 2, durationMs: 320}), step('b'), step('c')]);
  assert.equal(result.first, 1, 'more attempts alone do not part them');
  assert.deepEqual(result.rows.map((row) => [row.way, row.effort]), [[false, true], [true, false], [true, false]]);
  assert.equal(times(result.rows[0].ratio), '3.2 ×');
  assert.equal(divergence(result, word), 'The flows part at b: FAILED in A, DO_SUCCESS in B.');
});

test('an undo is the consequence of what happened at a later step', () => {
  const undone = [step('a', 'UNDO_SUCCESS'), step('b', 'UNDO_SUCCESS', {errorMessage: '503'}), step('c', 'PENDING')];
  assert.equal(comparedSteps(undone, [step('a'), step('b'), step('c')]).first, 1);
  assert.equal(comparedSteps([step('a', 'UNDO_SUCCESS')], [step('a')]).first, 0, 'asked to by somebody');
});

test('without another way the first difference is one of attempts', () => {
  const result = comparedSteps([step('a'), step('b')], [step('a'), step('b', 'DO_SUCCESS', {attempts: 4})]);
  assert.equal(result.first, 1);
  assert.equal(divergence(result, word), 'Both flows went the same way; b took 1 attempt in A and 4 attempts in B.');
  assert.equal(divergence(comparedSteps([step('a')], [step('a')]), word), 'Both flows went the same way.');
});

test('a branch and a step of one side only part them too', () => {
  assert.equal(divergence(comparedSteps([step('route', 'DO_SUCCESS', {branch: 0})], [step('route', 'DO_SUCCESS', {branch: 1})]), word), 'The flows part at route: it took another branch.');
  const result = comparedSteps([step('a'), step('d')], [step('a'), step('b'), step('c'), step('d')]);
  assert.deepEqual(result.rows.map((row) => row.name), ['a', 'b', 'c', 'd'], 'steps stand where they are in their own flow');
  assert.equal(divergence(result, word), 'The flows part at b: not a step of it in A, DO_SUCCESS in B.');
  assert.deepEqual(comparedSteps([step('a')], [step('x'), step('a')]).rows.map((row) => row.name), ['x', 'a']);
});

test('a ratio that says nothing is not shown', () => {
  assert.deepEqual([null, 1, 1.1, 0.9, 0.5, 0.01, 12.4].map(times), ['', '', '', '', '0.5 ×', '0.01 ×', '12 ×']);
});

test('payloads are compared field by field, every digit kept', () => {
  const a = '{"id":1,"amount":10000000000000000000001,"lines":[{"price":1.0,"n":[]},2],"a.b":{"x":null},"same":"s"}';
  const b = '{"id":1,"amount":10000000000000000000002,"lines":[{"price":1,"n":[]},2,3],"a.b":{},"same":"s"}';
  assert.deepEqual(comparedFields(a, b), [
    {path: 'amount', a: '10000000000000000000001', b: '10000000000000000000002'},
    {path: 'lines[0].price', a: '1.0', b: '1'},
    {path: '["a.b"].x', a: 'null', b: undefined},
    {path: 'lines[2]', a: undefined, b: '3'},
    {path: '["a.b"]', a: undefined, b: '{}'},
  ]);
  assert.deepEqual(comparedFields('1', '2'), [{path: '', a: '1', b: '2'}]);
  assert.deepEqual(comparedFields('{"b":1,"a":2}', '{"a":2,"b":1}'), [], 'order is no difference');
  assert.equal(comparedFields(undefined, '{}'), null);
  assert.equal(comparedFields('{', '{}'), null);
});

test('the leaves of a text are those that parsing finds', () => {
  const value = {a: [[1, [2]], {b: {}, c: [{}]}, []], 'd e': {'"f"': '}],:'}, g: true};
  const found = leaves(JSON.stringify(value));
  assert.deepEqual([...found], [
    ['a[0][0]', '1'], ['a[0][1][0]', '2'], ['a[1].b', '{}'], ['a[1].c[0]', '{}'], ['a[2]', '[]'], ['["d e"]["\\"f\\""]', '"}],:"'], ['g', 'true'],
  ]);
});

const DIFF = {
  from: 1,
  to: 2,
  fields: [{path: 'title', from: 'old', to: null}],
  steps: [{name: 'b', change: 'CHANGED', fields: [{path: 'retry.maxAttempts', from: 3, to: 5}, {path: 'dependsOn', from: ['a'], to: ['a', 'n']}]}, {name: 'n', change: 'ADDED', fields: []}, {name: 'r', change: 'REMOVED', fields: []}],
  edges: {added: [{from: 'n', to: 'b'}], removed: [{from: 'r', to: 'b'}]},
};

test('the graph of a difference has the steps and the edges of both versions', () => {
  const drawn = union([{name: 'a', dependsOn: []}, {name: 'r', dependsOn: ['a']}, {name: 'b', dependsOn: ['a', 'r']}], [{name: 'a', dependsOn: []}, {name: 'n', dependsOn: []}, {name: 'b', dependsOn: ['a', 'n']}]);
  assert.deepEqual(drawn.map((one) => [one.name, one.dependsOn]), [['a', []], ['n', []], ['b', ['a', 'n', 'r']], ['r', ['a']]]);
  const marked = marks(DIFF);
  assert.equal(marked.nodes.get('r'), 'REMOVED');
  assert.deepEqual([['n', 'b'], ['r', 'b'], ['a', 'b']].map(([from, to]) => marked.edge({from, to})), ['added', 'removed', '']);
});

test('each changed field is a row', () => {
  assert.deepEqual(changeRows(DIFF).map((row) => [row.step, row.change, row.path, row.from, row.to]), [
    [null, 'CHANGED', 'title', 'old', ''],
    ['b', 'CHANGED', 'retry.maxAttempts', '3', '5'],
    ['b', 'CHANGED', 'dependsOn', '["a"]', '["a","n"]'],
    ['n', 'ADDED', '', '', ''],
    ['r', 'REMOVED', '', '', ''],
  ]);
  assert.equal(versionBefore([{version: 7}, {version: 5}, {version: 2}], 7), 5);
  assert.equal(versionBefore([{version: 2}], 2), null);
});
