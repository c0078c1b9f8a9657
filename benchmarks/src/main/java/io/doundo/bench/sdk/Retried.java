package io.doundo.bench.sdk;

import io.doundo.worker.Do;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import tools.jackson.databind.node.ObjectNode;

/** The second step succeeds at its second attempt. */
@SagaWorker("sdk-retry3")
class Retried extends ThreeSteps {

  @Do("s02")
  ObjectNode second(ObjectNode payload, StepContext step) {
    if (step.attempt() == 1) {
      throw new NoEffectException("not now");
    }
    return passedOn(payload, 2);
  }

  @Do("s03")
  ObjectNode third(ObjectNode payload) {
    return passedOn(payload, 3);
  }
}
