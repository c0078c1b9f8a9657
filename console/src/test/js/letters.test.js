import {assert, test} from './check.js';
import {jobSentence, jobTitle} from '../../main/resources/static/console/model/jobs.js';
import {letterQuery, markedAsWhole, resendJobBody, resendJobCli, seenBody, seenCli, seenCurl} from '../../main/resources/static/console/model/letters.js';
import {deadLettersPath, route} from '../../main/resources/static/console/model/url.js';

const FILTER = {flow: "ord'17", topic: '', reason: 'no step', fingerprint: 'v1:9f2ac01744d7e655', seen: 'false'};

test('a filter of dead letters is the same in the address, in REST and on the command line', () => {
  assert.equal(letterQuery(FILTER).toString(), 'reason=no+step&flowId=ord%2717&fingerprint=v1%3A9f2ac01744d7e655&seen=false');
  assert.equal(letterQuery({}, {limit: 50}).toString(), 'limit=50');
  const {page, ...back} = route('dead-letters', new URL(deadLettersPath(FILTER), 'http://h/').search);
  assert.equal(page, 'deadLetters');
  assert.deepEqual(back, {...FILTER, cursor: '', letter: ''});
});

test('many dead letters are sent again by one job', () => {
  const job = {filter: FILTER, reason: "it's mended", perSecond: 20};
  assert.deepEqual(JSON.parse(resendJobBody(job)), {verb: 'RESEND', filter: letterQuery(FILTER).toString(), reason: "it's mended", perSecond: 20});
  assert.equal(resendJobCli(job), "./doundo dead-letters resend --filter 'reason=no%20step&flowId=ord%2717&fingerprint=v1%3A9f2ac01744d7e655&seen=false' --reason 'it'\\''s mended' --per-second 20");
  assert.equal(jobTitle({verb: 'RESEND', matched: 41}), 'resend 41 dead letters');
  assert.equal(jobSentence({verb: 'RESEND', refused: 1, changed: 0, left: 0, outcome: {resent: 39, deadLetteredAgain: 1}}), '39 sent again and not rejected since, 1 dead letter again, 1 refused.');
});

test('dead letters are marked as seen by their ids, or as the group that was shown', () => {
  assert.equal(seenBody({ids: ['3-17'], seen: true}), '{"ids":["3-17"]}');
  assert.equal(seenBody({fingerprint: 'v1:9f', upTo: 'abc', seen: false}), '{"fingerprint":"v1:9f","upTo":"abc","seen":false}');
  assert.equal(seenCli({ids: ['3-17'], seen: true}), './doundo dead-letters seen 3-17');
  assert.equal(seenCli({fingerprint: 'v1:9f', upTo: 'abc', seen: false}), './doundo dead-letters seen --undo --fingerprint v1:9f');
  assert.deepEqual([{fingerprint: 'v1:9f'}, {}, {fingerprint: 'v1:9f', flow: 'ord-17'}, {fingerprint: 'v1:9f', seen: 'false'}].map(markedAsWhole), [true, false, false, false]);
  assert.match(seenCurl({ids: ['3-17'], seen: true}, {url: 'http://localhost:8080/api/dead-letters/seen', withKey: true}), /^curl .*doundo-key.header.*dead-letters\/seen$/);
});
