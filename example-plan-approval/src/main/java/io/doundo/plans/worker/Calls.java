package io.doundo.plans.worker;

import io.doundo.plans.fhir.InvalidPlanException;
import io.doundo.plans.http.UnreachableException;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.StepFailedException;
import java.util.function.Supplier;

/** What a failed call of the FHIR store means for the step that makes it. */
final class Calls {

  private Calls() {}

  /**
   * A call that changes nothing: without an answer nothing has happened, and it is tried again. A
   * plan that is refused fails the step.
   */
  static <T> T read(Supplier<T> call) {
    try {
      return call.get();
    } catch (InvalidPlanException e) {
      throw new StepFailedException(String.valueOf(e.getMessage()), e);
    } catch (UnreachableException e) {
      throw new NoEffectException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A call that writes. Without an answer it may have had its effect: the exception goes through,
   * and the step is in doubt until it has looked.
   */
  static <T> T write(Supplier<T> call) {
    try {
      return call.get();
    } catch (InvalidPlanException e) {
      throw new StepFailedException(String.valueOf(e.getMessage()), e);
    } catch (UnreachableException e) {
      if (e.mayHaveHadEffect()) {
        throw e;
      }
      throw new NoEffectException(String.valueOf(e.getMessage()), e);
    }
  }
}
