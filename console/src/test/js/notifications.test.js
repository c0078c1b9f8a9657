import {assert, test} from './check.js';
import {resendCommands} from '../../main/resources/static/console/model/command.js';
import {attemptWord, notificationLook, receiversSentence, resendsSentence, resendWord, sortedReceivers, subject} from '../../main/resources/static/console/model/notifications.js';
import {notificationApi, notificationPath, notificationsApi, notificationsPath, route} from '../../main/resources/static/console/model/url.js';

const OPS = {receiver: 'order/ops', pending: 3, oldest: '2027-05-04T03:00:00Z', lastError: 'the receiver answered 503'};

test('notifications say how many receivers are still to be told', () => {
  assert.equal(receiversSentence([]), 'Every receiver has been told.');
  assert.equal(receiversSentence([{...OPS, pending: 1}]), '1 receiver is still to be told of 1 notification.');
  assert.equal(receiversSentence([OPS, {...OPS, pending: 1_500}]), '2 receivers are still to be told of 1,503 notifications.');
  assert.equal(resendsSentence({waiting: 0}), '');
  assert.equal(resendsSentence({waiting: 1}), '1 request to send again is not carried out yet.');
  assert.equal(resendsSentence({waiting: 2}), '2 requests to send again are not carried out yet.');
});

test('the receiver that waits longest comes first', () => {
  const sorted = sortedReceivers([{...OPS, receiver: 'b'}, {...OPS, receiver: 'c', oldest: '2027-05-04T02:00:00Z'}, {...OPS, receiver: 'a'}]);
  assert.deepEqual(sorted.map((one) => one.receiver), ['c', 'a', 'b']);
});

test('a notification says how it stands, and what the button does', () => {
  assert.equal(notificationLook('GIVEN_UP').word, 'given up');
  assert.equal(notificationLook('LATER').word, 'LATER');
  assert.equal(resendWord({state: 'PENDING'}), 'Send now');
  assert.equal(resendWord({state: 'DELIVERED'}), 'Send again');
  assert.equal(attemptWord({status: 503, error: 'the receiver answered 503'}), '503: the receiver answered 503');
  assert.equal(attemptWord({status: 0, error: 'connection refused'}), 'connection refused');
  assert.equal(attemptWord({status: 204, error: null}), '204 accepted');
});

test('a notification leads to what it is about', () => {
  assert.deepEqual(subject({flowId: 'order-17'}), {text: 'order-17', path: 'flows/order-17'});
  assert.deepEqual(subject({flowId: null, schedule: 'report/nightly'}), {text: 'schedule report/nightly', path: 'schedules/report/nightly'});
  assert.deepEqual(subject({flowId: null, schedule: null, breaker: 'bank'}), {text: 'breaker bank', path: 'breakers/bank'});
});

test('the address of a notification leads to its page, its resource and its commands', () => {
  const one = {id: 'ntf_1f'};
  assert.equal(notificationPath(one), 'notifications/ntf_1f');
  assert.equal(notificationApi(one, 'resend'), 'api/notifications/ntf_1f/resend');
  assert.equal(notificationsPath({state: 'PENDING', receiver: '*/ops', flowId: ''}), 'notifications?state=PENDING&receiver=*%2Fops');
  assert.equal(notificationsApi({}), 'api/notifications');
  assert.deepEqual(route('notifications', '?state=GIVEN_UP'), {page: 'notifications', filter: {state: 'GIVEN_UP', receiver: '', orchestration: '', flowId: ''}});
  assert.deepEqual(route('notifications/ntf_1f', ''), {page: 'notification', notification: 'ntf_1f'});
  assert.deepEqual(resendCommands(one, {url: 'http://localhost/api/notifications/ntf_1f/resend'}), {
    cli: './doundo notifications resend ntf_1f',
    refused: '',
    kafka: {refused: 'Notifications are sent again by the orchestrator, and not by a record.'},
    curl: 'curl --fail-with-body --request POST --header \'Content-Type: application/json\' --data-raw \'{}\' http://localhost/api/notifications/ntf_1f/resend',
  });
});
