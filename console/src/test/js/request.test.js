import {assert, test} from './check.js';
import {decided, expectation, needsPreview, nextRequest, sends, verbTable} from '../../main/resources/static/console/model/request.js';

let ids = 0;
const newId = () => `id-${++ids}`;
const wanted = {step: 'a', payload: '{"outcome":"DONE"}', reason: 'seen', expect: undefined};

test('only what is sent again unchanged has the same id', () => {
  const first = nextRequest(null, wanted, newId);
  assert.equal(first.controlId, `id-${ids}`);
  const lost = decided(first, undefined);
  assert.deepEqual(nextRequest(lost, {...wanted, expect: {transition: 9}}, newId), first, 'also what it expected stays');
  for (const change of [{step: 'b'}, {payload: '{"outcome":"NOT_DONE"}'}, {reason: 'other'}]) {
    const next = nextRequest(lost, {...wanted, ...change}, newId);
    assert.notEqual(next.controlId, first.controlId);
    assert.deepEqual(next, {...wanted, ...change, controlId: next.controlId});
  }
});

test('a request that was refused is not asked about for ever', () => {
  const first = nextRequest(null, wanted, newId);
  for (const status of [400, 401, 404, 409]) {
    assert.notEqual(nextRequest(decided(first, status), wanted, newId).controlId, first.controlId);
  }
});

test('an answer that leaves the outcome open keeps the id', () => {
  const first = nextRequest(null, wanted, newId);
  for (const status of [500, 502, 503, 504]) {
    assert.equal(nextRequest(decided(first, status), wanted, newId).controlId, first.controlId);
  }
});

test('undo and cancel do what was shown, the others what was seen', () => {
  assert.deepEqual(expectation('undo', undefined, {transition: 7}), {transition: 7});
  assert.deepEqual(expectation('cancel', 5, {transition: 7}), {transition: 7});
  assert.deepEqual(expectation('undo', 5, {refusal: 'no'}), {transition: 5});
  assert.deepEqual(expectation('retry', 5, {transition: 7}), {transition: 5});
  assert.equal(expectation('pause', undefined, {transition: 7}), undefined);
  assert.equal(expectation('undo', undefined, null), undefined);
  assert.deepEqual(['undo', 'cancel', 'pause', 'retry'].map(needsPreview), [true, true, false, false]);
});

test('a held key and the key that opened the dialog send nothing', () => {
  const press = {key: 'Enter', repeat: false, isComposing: false, timeStamp: 20};
  assert.equal(sends(press, 10), true);
  for (const change of [{key: 'a'}, {repeat: true}, {isComposing: true}, {timeStamp: 9}]) {
    assert.equal(sends({...press, ...change}, 10), false);
  }
});

test('the step that the flow is at comes first', () => {
  const entry = (step, allowed) => ({verb: 'SKIP', step, allowed});
  const list = [entry('late', true), entry('open', true), entry('other', true)];
  assert.equal(verbTable(list, 'open').get('skip').step, 'open');
  assert.equal(verbTable({verbs: list}, undefined).get('skip').step, 'late');
  assert.equal(verbTable([entry('open', false), entry('late', true)], 'open').get('skip').step, 'late');
  assert.equal(verbTable([entry('late', false), entry('open', false)], 'open').get('skip').step, 'late');
  assert.equal(verbTable(null, 'open'), null);
  assert.equal(verbTable({failed: 'no'}, 'open'), null);
});
