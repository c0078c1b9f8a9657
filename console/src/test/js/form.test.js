import {assert, test} from './check.js';
import {answerOf, fieldProblem, formFields, initial, inputsOf, violationsByField} from '../../main/resources/static/console/model/form.js';

const FORM = {
  type: 'object',
  required: ['approved', 'amount', 'note'],
  properties: {
    approved: {type: 'boolean', title: 'Approved?'},
    amount: {type: 'number', minimum: 0, maximum: 100},
    count: {type: 'integer', default: 3},
    note: {type: 'string'},
    why: {type: 'string', minLength: 3, maxLength: 500},
    level: {enum: ['low', 'high', 7]},
    lines: {type: 'array', items: {type: 'string'}},
    either: {anyOf: [{type: 'string'}, {type: 'null'}]},
  },
};

test('plain properties are fields, and all others are JSON', () => {
  assert.deepEqual(formFields(FORM).map((field) => [field.name, field.kind, field.required]), [
    ['approved', 'boolean', true], ['amount', 'number', true], ['count', 'integer', false], ['note', 'text', true],
    ['why', 'longText', false], ['level', 'choice', false], ['lines', 'json', false], ['either', 'json', false],
  ]);
  assert.equal(formFields(FORM)[0].label, 'Approved?');
  assert.equal(formFields(FORM)[1].hint, 'at least 0, at most 100');
  assert.equal(initial(formFields(FORM)[2]), '3');
});

test('an answer that is no object with known fields is JSON as a whole', () => {
  for (const schema of [null, {}, {type: 'string'}, {type: 'array'}, {type: ['object', 'null'], properties: {}}, {properties: {a: {}}, oneOf: []}, true]) {
    assert.equal(formFields(schema), null, JSON.stringify(schema));
  }
  assert.deepEqual(formFields({properties: {}, required: ['hidden']}).map((field) => [field.name, field.kind]), [['hidden', 'json']], 'a required field without a property is asked for too');
});

test('the answer keeps digits, and leaves out what was left empty', () => {
  const inputs = {approved: 'true', amount: ' 10.00000000000000000001 ', count: '', note: '', why: '', level: '"high"', lines: '["a"]', either: ''};
  assert.equal(answerOf(formFields(FORM), inputs), '{"approved":true,"amount":10.00000000000000000001,"note":"","level":"high","lines":["a"]}');
  assert.equal(answerOf(formFields({properties: {'a"b': {type: 'string'}}}), {'a"b': '</script>\u202e"'}), `{"a\\"b":${JSON.stringify('</script>\u202e"')}}`);
});

test('the form names a wrong field before it is sent', () => {
  const [approved, amount, integer, note, why, , lines] = formFields(FORM);
  assert.equal(fieldProblem(approved, ''), 'Approved? is missing.');
  assert.equal(fieldProblem(amount, '1e2'), '');
  assert.equal(fieldProblem(amount, '101'), 'amount must be at least 0, at most 100.');
  assert.equal(fieldProblem(amount, '0x10'), 'amount must be a number.');
  assert.equal(fieldProblem(integer, '1.5'), 'count must be a whole number.');
  assert.equal(fieldProblem(integer, ''), '');
  assert.equal(fieldProblem(note, ''), '', 'an empty text is an answer');
  assert.match(fieldProblem(why, 'ab'), /at least 3 characters/);
  assert.match(fieldProblem(lines, '[1'), /no JSON/);
});

test('an answer as JSON goes back into the fields if they can show it', () => {
  const fields = formFields(FORM);
  const text = '{"approved":false,"amount":1.50,"level":7,"lines":[ 1 ],"note":"n"}';
  assert.deepEqual(inputsOf(fields, text), {approved: 'false', amount: '1.50', count: '', note: 'n', why: '', level: '7', lines: '[ 1 ]', either: ''});
  for (const other of ['{"unknown":1}', '[]', '{', '{"note":5}']) {
    assert.equal(inputsOf(fields, other), null, other);
  }
});

test('each violation stands at its field', () => {
  const fields = formFields({properties: {'a/b': {type: 'string'}, c: {}}});
  assert.deepEqual(violationsByField([{at: '/a~1b', message: 'm'}, {at: '/c/0', message: 'n'}, {at: '', message: 'o'}, {at: '/x', message: 'p'}], fields), {'a/b': ['m'], c: ['n'], '': ['o', '/x: p']});
  assert.deepEqual(violationsByField(undefined, null), {});
});
