/** A minimal test runner for the model's tests, without packages. */
import assert from 'node:assert/strict';
import {test} from 'node:test';

export {assert, test};
