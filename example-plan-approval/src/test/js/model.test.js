/** The words, values and resolutions of the page. */

import assert from 'node:assert/strict';
import {test} from 'node:test';
import {changeWord, inOrder, isOverdue, kindOf, progress, refusal, resolutions, typedValue, valueText, visible} from '../../main/resources/static/page/model.js';

test('a change says whether a field was added, removed or changed', () => {
  assert.equal(changeWord({path: 'a', after: 1}), 'added');
  assert.equal(changeWord({path: 'a', before: 1}), 'removed');
  assert.equal(changeWord({path: 'a', before: null, after: 1}), 'changed');
});

test('texts are shown as they are, other values as JSON, and missing ones in words', () => {
  assert.equal(valueText('<b>Gold</b>'), '<b>Gold</b>');
  assert.equal(valueText({value: 12.5}), '{\n  "value": 12.5\n}');
  assert.equal(valueText(false), 'false');
  assert.equal(valueText(undefined), 'not set');
});

test('characters that nobody sees are shown by their numbers', () => {
  assert.equal(visible('a\u202Eb\u200Bc\u0000'), 'a\u27E8U+202E\u27E9b\u27E8U+200B\u27E9c\u27E8U+0000\u27E9');
  assert.equal(visible('two\nlines, größer, 你好 👍'), 'two\nlines, größer, 你好 👍');
  assert.equal(valueText('Gold\u202E'), 'Gold\u27E8U+202E\u27E9');
});

test('what is due first comes first, and what has no time comes last', () => {
  const tasks = [{taskId: 'c'}, {taskId: 'b', dueAt: '2026-02-01T00:00:00Z'}, {taskId: 'a', dueAt: '2026-01-01T00:00:00Z'}];

  assert.deepEqual(inOrder(tasks).map((task) => task.taskId), ['a', 'b', 'c']);
  assert.equal(isOverdue(tasks[2], Date.parse('2026-01-01T00:00:00Z')), true);
  assert.equal(isOverdue(tasks[2], Date.parse('2025-12-31T23:59:59Z')), false);
  assert.equal(isOverdue(tasks[0], Date.now()), false);
});

test('the kind of a field follows from all of its values', () => {
  assert.equal(kindOf({path: 'a', base: 1, draft: 2, current: 3}), 'number');
  assert.equal(kindOf({path: 'a', draft: 'x'}), 'string');
  assert.equal(kindOf({path: 'a', draft: 'x', current: 3}), '');
  assert.equal(kindOf({path: 'a', draft: {b: 1}, current: [1]}), 'json');
});

test('a typed value must be of the kind of its field', () => {
  assert.deepEqual(typedValue('12.5', 'number'), {value: 12.5});
  assert.match(typedValue('twelve', 'number').problem, /number/);
  assert.match(typedValue('true', 'number').problem, /number/);
  assert.deepEqual(typedValue('false', 'boolean'), {value: false});
  assert.match(typedValue('no', 'boolean').problem, /true or false/);
  assert.deepEqual(typedValue('12.5', 'string'), {value: '12.5'});
  assert.match(typedValue('  ', 'string').problem, /value/);
  assert.deepEqual(typedValue('{"value": 12.5}', 'json'), {value: {value: 12.5}});
  assert.match(typedValue('{', 'json').problem, /JSON/);
});

test('a number that JavaScript would change is refused', () => {
  assert.deepEqual(typedValue('900719925474099', 'number'), {value: 900719925474099});
  assert.match(typedValue('9007199254740993', 'number').problem, /15 digits/);
  assert.match(typedValue('{"value": 0.1234567890123456}', 'json').problem, /15 digits/);
  assert.deepEqual(typedValue('{"id": "9007199254740993"}', 'json'), {value: {id: '9007199254740993'}});
});

test('every field in conflict needs a choice', () => {
  const conflicts = [{path: 'name', draft: 'A', current: 'B'}, {path: 'cost', draft: 1, current: 2}, {path: 'status', draft: 'draft', current: 'active'}];

  const some = resolutions(conflicts, new Map([['name', {choose: 'draft'}], ['cost', {choose: 'other', text: 'x'}]]));
  assert.deepEqual([...some.problems.keys()], ['cost', 'status']);

  const all = resolutions(conflicts, new Map([['name', {choose: 'draft'}], ['cost', {choose: 'other', text: '1.5'}], ['status', {choose: 'current'}]]));
  assert.equal(all.problems.size, 0);
  assert.deepEqual(all.resolutions, [{path: 'name', choose: 'draft'}, {path: 'cost', value: 1.5}, {path: 'status', choose: 'current'}]);
});

test('an approval is over once its draft says so, and a held one says why', () => {
  assert.deepEqual(progress({draftStatus: 'approved', version: '3'}), {word: 'Published as version 3.', isOver: true});
  assert.equal(progress({draftStatus: 'in_approval'}).isOver, false);
  const held = progress({draftStatus: 'in_approval', problem: 'the FHIR store does not answer.'});
  assert.equal(held.isOver, false);
  assert.match(held.word, /does not answer/);
  const back = progress({draftStatus: 'draft', workflowActive: false, problem: 'the FHIR store refused the plan.'});
  assert.equal(back.isOver, true);
  assert.match(back.word, /back with its author: the FHIR store refused the plan/);
});

test('a refusal says what it means for the person', () => {
  assert.match(refusal({error: 'submitter_may_not_approve', status: 403}), /yourself/);
  assert.match(refusal({error: 'dependency_unavailable', message: 'The FHIR store does not answer.', status: 503}), /does not answer\. Nothing was decided/);
  assert.equal(refusal({error: 'something_new', message: 'A sentence.', status: 422}), 'A sentence.');
  assert.equal(refusal({status: 500}), 'HTTP status 500');
});
