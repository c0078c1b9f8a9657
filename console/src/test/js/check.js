/** The little that the tests of the model need; no packages. */
import assert from 'node:assert/strict';
import {test} from 'node:test';

export {assert, test};
