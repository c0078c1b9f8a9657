package io.doundo.examples.external;

import io.doundo.examples.ExamplesProperties;
import io.doundo.examples.external.Behaviour.CommandBehaviour;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The system that the workers call: it creates and removes things, as a payment provider or a user
 * directory would. Like a good one it knows idempotency keys: a call that is repeated makes nothing
 * new. Like a bad one it fails, hangs and answers late, when the payload's {@code behave} says so.
 * Thread-safe.
 */
@Component
public class ExternalSystem {

  /** As after {@code kill -9}. */
  private static final int KILLED = 137;

  private final Store store;
  private final boolean crashes;

  ExternalSystem(Store store, ExamplesProperties properties) {
    this.store = store;
    this.crashes = properties.crashes();
  }

  /**
   * Makes a thing.
   *
   * @param details what one would look for in the store
   * @return the id of what is there now, made by this call or by an earlier one with the same
   *     idempotency key
   * @throws StepFailedException when it refuses
   * @throws NoEffectException when it cannot right now
   */
  public String create(String details, @Nullable Behaviour behave, StepContext step)
      throws InterruptedException {
    CallContext call = CallContext.forDo(step);
    CommandBehaviour behaviour = behaviour(behave, call);
    try {
      before(behaviour, call);
    } catch (ExternalSystemException e) {
      throw toSdkException(e);
    }
    Store.Creation made = store.create(call, details, behaviour.notIdempotent());
    made(made, behaviour);
    after(behaviour, call);
    return made.thingId();
  }

  /**
   * The same, on behalf of a worker that has no fence: refuses when the step was undone before. A
   * call that is repeated is not told of a lost connection again, as it finds what is there.
   *
   * @throws ExternalSystemException when it did nothing
   */
  public String createUnlessUndone(String details, @Nullable Behaviour behave, CallContext call)
      throws InterruptedException, ExternalSystemException {
    CommandBehaviour behaviour = behaviour(behave, call);
    before(behaviour, call);
    Store.Creation made =
        store
            .createUnlessUndone(call, details, behaviour.notIdempotent())
            .orElseThrow(() -> new ExternalSystemException("the UNDO came before the DO", true));
    made(made, behaviour);
    if (made.fresh()) {
      after(behaviour, call);
    }
    return made.thingId();
  }

  private void made(Store.Creation made, CommandBehaviour behaviour) {
    if (behaviour.crash() && crashes && made.first()) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /**
   * Removes what this step of this flow has made, all of it, and nothing when there is nothing.
   *
   * @throws NoEffectException when it cannot right now
   */
  public void remove(@Nullable Behaviour behave, StepContext step) throws InterruptedException {
    try {
      remove(behave, CallContext.forUndo(step));
    } catch (ExternalSystemException e) {
      throw toSdkException(e);
    }
  }

  private static RuntimeException toSdkException(ExternalSystemException e) {
    String reason = String.valueOf(e.getMessage());
    return e.isForGood() ? new StepFailedException(reason) : new NoEffectException(reason);
  }

  /**
   * The same, on behalf of a worker without the SDK.
   *
   * @throws ExternalSystemException when it did nothing
   */
  public void remove(@Nullable Behaviour behave, CallContext call)
      throws InterruptedException, ExternalSystemException {
    CommandBehaviour behaviour = behaviour(behave, call);
    before(behaviour, call);
    boolean first = store.remove(call);
    if (behaviour.crash() && crashes && first) {
      Runtime.getRuntime().halt(KILLED);
    }
    after(behaviour, call);
  }

  /** The thing that this step of this flow has created, if it still exists. */
  public Optional<String> find(StepContext step) {
    return store.find(step.orchestration(), step.step(), step.flowId());
  }

  private static CommandBehaviour behaviour(@Nullable Behaviour behave, CallContext call) {
    return (behave == null ? Behaviour.WELL : behave).behaviour(call);
  }

  private static void before(CommandBehaviour behaviour, CallContext call)
      throws InterruptedException, ExternalSystemException {
    TimeUnit.MILLISECONDS.sleep(behaviour.hangMillis());
    if (behaviour.failForGood()) {
      throw new ExternalSystemException(call.step() + " was refused for good", true);
    }
    if (call.attempt() <= behaviour.failTimes()) {
      throw new ExternalSystemException(
          "%s is not possible right now (attempt %d)".formatted(call.step(), call.attempt()),
          false);
    }
  }

  private static void after(CommandBehaviour behaviour, CallContext call)
      throws InterruptedException {
    if (call.attempt() <= behaviour.lateTimes()) {
      TimeUnit.MILLISECONDS.sleep(behaviour.lateMillis());
    }
    if (call.attempt() <= behaviour.throwTimes()) {
      throw new IllegalStateException(
          "the connection broke after %s was done".formatted(call.step()));
    }
  }
}
