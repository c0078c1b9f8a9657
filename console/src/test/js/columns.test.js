import {assert, test} from './check.js';
import {COLUMNS, columnsOf, columnsText} from '../../main/resources/static/console/model/columns.js';

test('a choice of columns is remembered, and the usual ones are not', () => {
  const usual = columnsOf(null);
  assert.equal(columnsText(usual), null);
  assert.ok(usual.size > 0 && usual.size < COLUMNS.length);
  usual.delete('took');
  usual.add('due');
  assert.equal(columnsText(usual), 'key,orchestration,at,error,started,changed,due');
  assert.deepEqual([...columnsOf(columnsText(usual))], ['key', 'orchestration', 'at', 'error', 'started', 'changed', 'due']);
});

test('a list may have no column but the flow, and a column that no longer exists is left out', () => {
  assert.deepEqual([...columnsOf('')], []);
  assert.equal(columnsText(new Set()), '');
  assert.deepEqual([...columnsOf('took,shoe size,key')], ['key', 'took']);
});
