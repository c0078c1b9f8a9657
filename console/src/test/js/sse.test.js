import {assert, test} from './check.js';
import {eventReader, flowTopic, listTopic, topicsQuery} from '../../main/resources/static/console/model/sse.js';

function read(...pieces) {
  const events = [];
  const take = eventReader((event) => events.push(event));
  pieces.forEach(take);
  return events;
}

const TEXT = 'event:hello\ndata:{"build":"1"}\n\n: a comment\n\nevent: flow\nid: a/1\ndata: {"x":\ndata: 1}\n\ndata:plain\n\nevent:empty\n\n';
const EVENTS = [
  {name: 'hello', id: '', data: '{"build":"1"}'},
  {name: 'flow', id: 'a/1', data: '{"x":\n1}'},
  {name: 'message', id: 'a/1', data: 'plain'},
];

test('events are the same however the text is cut', () => {
  assert.deepEqual(read(TEXT), EVENTS);
  assert.deepEqual(read(...TEXT), EVENTS);
  for (let at = 1; at < TEXT.length; at++) {
    assert.deepEqual(read(TEXT.slice(0, at), TEXT.slice(at)), EVENTS);
  }
});

test('every kind of line end is one', () => {
  assert.deepEqual(read(...TEXT.replaceAll('\n', '\r\n')), EVENTS);
  assert.deepEqual(read(TEXT.replaceAll('\n', '\r\n')), EVENTS);
});

test('an event that has not ended is no event', () => {
  assert.deepEqual(read('event:flow\ndata:{}\n'), []);
});

test('a topic keeps whatever its filter and its flowId hold', () => {
  const query = new URLSearchParams(topicsQuery([listTopic('status=PARKED&error=a%2Cb'), flowTopic('a,b&c/d')]));
  assert.deepEqual(query.get('topics').split(','), ['flows:status=PARKED&error=a%2Cb', 'flow:a%2Cb%26c%2Fd']);
});
