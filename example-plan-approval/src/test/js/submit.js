/** Submits drafts with the client library: the URL of the API, a key, a person, and the drafts. Prints the answers. */

import {OrchestrationClient} from '../../main/resources/static/plan-approval-client.js';

const [apiUrl, key, userId, ...drafts] = process.argv.slice(2);
const client = new OrchestrationClient(apiUrl, key);
const answers = [];
for (const draft of drafts) {
  answers.push(await client.submitPlanWithConflictHandling(draft, userId));
}
process.stdout.write(JSON.stringify(answers));
