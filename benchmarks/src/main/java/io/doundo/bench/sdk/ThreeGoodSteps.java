package io.doundo.bench.sdk;

import io.doundo.worker.Do;
import tools.jackson.databind.node.ObjectNode;

/** Three steps that succeed. */
abstract class ThreeGoodSteps extends ThreeSteps {

  @Do("s02")
  ObjectNode second(ObjectNode payload) {
    return passedOn(payload, 2);
  }

  @Do("s03")
  ObjectNode third(ObjectNode payload) {
    return passedOn(payload, 3);
  }
}
