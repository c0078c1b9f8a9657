import {assert, test} from './check.js';
import {flat, found, next} from '../../main/resources/static/console/model/find.js';
import {route} from '../../main/resources/static/console/model/url.js';

const KNOWN = {
  flows: [{flowId: 'assign-1', orchestrationName: 'tenants', status: 'PARKED', searchValue: 'acme'}],
  incidents: [{fingerprint: 'v1:9f', template: 'http <n> from keycloak', step: 'assignRoles', action: 'UNDO', kind: 'FAILED', orchestration: 'tenants'}],
  orchestrations: [
    {name: 'reassign', title: null, labels: [], stepNames: ['assign', 'tell']},
    {name: 'tenants', title: 'New tenants', category: 'Assignments', labels: ['people'], stepNames: ['createRealm', 'assignRoles']},
  ],
  jobs: [{jobId: 'j-1', verb: 'RETRY', step: 'assignRoles', matched: 41, reason: 'keycloak is back'}],
  pages: [{word: 'Overview', path: ''}, {word: 'Dead letters', path: 'dead-letters'}],
};
const words = (text, known = KNOWN) => Object.fromEntries(found(text, known).map((one) => [one.kind, one.found.map((entry) => entry.word)]));

test('one text finds flows, incidents, orchestrations, steps, jobs and pages', () => {
  assert.deepEqual(words('ASSIGN'), {
    Flows: ['assign-1'],
    Incidents: ['http <n> from keycloak'],
    Orchestrations: ['New tenants', 'reassign'],
    Steps: ['assign', 'assignRoles'],
    Jobs: ['retry assignRoles in 41 flows'],
    'All flows': ['with “ASSIGN” in the flowId or search value', 'with “ASSIGN” in the error'],
  });
  assert.deepEqual(words('dead', {pages: KNOWN.pages, hasLists: false}), {Pages: ['Dead letters']});
  assert.deepEqual(words('keycloak').Jobs, ['retry assignRoles in 41 flows']);
  assert.deepEqual(words('people').Orchestrations, ['New tenants']);
  assert.deepEqual(words('  '), {});
});

test('what is found leads to its page', () => {
  const paths = flat(found('assignRoles', KNOWN)).map((entry) => entry.path);
  assert.deepEqual(paths, ['flows/assign-1', 'incidents/v1%3A9f', 'orchestrations/tenants#assignRoles', 'jobs/j-1', 'flows?search=assignRoles', 'flows?error=assignRoles']);
  const pages = paths.map((path) => new URL(path, 'http://h/')).map((url) => route(url.pathname.slice(1), url.search).page);
  assert.deepEqual(pages, ['flow', 'incident', 'orchestration', 'job', 'flows', 'flows']);
});

test('no kind takes the place of the others, and the best is first', () => {
  const orchestrations = Array.from({length: 20}, (_, i) => ({name: `order${i}`, labels: [], stepNames: []}));
  assert.deepEqual(words('order7', {orchestrations}).Orchestrations, ['order7']);
  assert.equal(words('order', {orchestrations: [{name: 'reorder', labels: []}, ...orchestrations]}).Orchestrations.length, 5);
  assert.deepEqual(words('order', {orchestrations: [{name: 'reorder', labels: []}, {name: 'order', labels: []}]}).Orchestrations, ['order', 'reorder']);
});

test('the arrow keys go round, through the text itself', () => {
  assert.deepEqual([next(-1, 1, 2), next(0, 1, 2), next(1, 1, 2), next(-1, -1, 2), next(0, -1, 2)], [0, 1, -1, 1, -1]);
});
