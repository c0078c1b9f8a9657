package io.doundo.bench.sdk;

import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepFailedException;
import tools.jackson.databind.node.ObjectNode;

/** The third step fails for good. */
@SagaWorker("sdk-undo3")
class FailingSteps extends ThreeSteps {

  @Do("s02")
  ObjectNode second(ObjectNode payload) {
    return passedOn(payload, 2);
  }

  @Do("s03")
  ObjectNode third(ObjectNode payload) {
    throw new StepFailedException("not now");
  }
}
