import {assert, test} from './check.js';
import {letterApi, lineDiff, record, resendBody, resendCli, resendCurl, resendRefused, verdict} from '../../main/resources/static/console/model/resend.js';

const edit = {id: '3-17', original: '{"a":1,}', value: '{"a":1}', reason: "it's a comma"};

test('what was not edited is not sent, so that it stays byte for byte', () => {
  assert.equal(resendBody({...edit, value: edit.original, reason: ''}), '{}');
  assert.equal(resendBody(edit), '{"value":"{\\"a\\":1}","reason":"it\'s a comma"}');
  assert.equal(letterApi('3-17', '/resend'), 'api/dead-letters/3/17/resend');
});

test('an edit as a command is quoted for a shell', () => {
  assert.equal(resendCli(edit), `./doundo dead-letters resend 3-17 --value='{"a":1}' --reason='it'\\''s a comma'`);
  assert.equal(resendCli({...edit, value: edit.original, reason: ''}), './doundo dead-letters resend 3-17');
  const curl = resendCurl({...edit, url: 'http://localhost:8080/api/dead-letters/3/17/resend', withKey: true});
  assert.ok(curl.includes('--header @doundo-key.header'));
  assert.ok(curl.includes(`--data-raw '{"value":"{\\"a\\":1}"`));
});

test('an edit is shown as the lines that it changes', () => {
  const signs = (before, after) => lineDiff(before, after).map((line) => line.sign + line.text).join('|');
  assert.equal(signs('a\nb\nc', 'a\nx\nc'), ' a|-b|+x| c');
  assert.equal(signs('a', 'a'), ' a');
  assert.equal(signs('a\nb', 'b'), '-a| b');
  const long = 'x\n'.repeat(1000);
  assert.equal(signs(long, `${long}y`), '-1001 lines|+1001 lines');
});

test('a record for Kafka is refused where it would not be the same record', () => {
  const letter = {key: 'ord-17', headers: [{name: 'dead-letter-reason', value: 'x'}]};
  const topic = 'orchestrator.control';
  assert.equal(record({letter, topic, value: '{"a":1}'}).command,
    `printf '%s\\t%s\\n' ord-17 '{"a":1}' | ./doundo kafka console-producer --topic orchestrator.control --reader-property parse.key=true`);
  assert.equal(record({letter: {...letter, key: null}, topic, value: '{}'}).command, `printf '%s\\n' '{}' | ./doundo kafka console-producer --topic orchestrator.control`);
  assert.match(record({letter, topic: undefined, value: '{}'}).refused, /topic is known when/);
  assert.match(record({letter, topic, value: null}).refused, /not shown here as text/);
  assert.match(record({letter, topic, value: 'a\nb'}).refused, /line break/);
  assert.match(record({letter: {...letter, key: null}, topic, value: 'a\nb'}).refused, /line break/);
  assert.match(record({letter: {...letter, headers: [{name: 'saga-command-id'}]}, topic, value: '{}'}).refused, /record headers/);
});

test('the verdict of the decoder is one sentence', () => {
  assert.deepEqual(verdict({topic: 't', role: 'ADMIN', verdict: {accepted: true, problems: []}}),
    {good: true, text: 'The record would be accepted and sent to t, which needs the role ADMIN.'});
  assert.equal(verdict({verdict: {accepted: false, problems: ['no name', 'no step']}}).text, 'The record would become a dead letter again: no name; no step');
  assert.equal(verdict({refusal: 'Nothing was sent.'}).text, 'Nothing was sent.');
});

test('what no command line can carry is said, and not written otherwise', () => {
  const edit = {id: '3-17', original: '{}', value: '{"a":"\\u0000"}', reason: 'a comma'};
  assert.equal(resendRefused(edit), '', 'JSON writes it in other characters');
  assert.match(resendRefused({...edit, value: 'a\0b'}), /NUL/);
  assert.match(resendRefused({...edit, reason: '--yes'}), /begins like an option/);
  assert.equal(resendRefused({...edit, original: 'a\0b', value: 'a\0b'}), '', 'a value that is left alone is not sent');
});
