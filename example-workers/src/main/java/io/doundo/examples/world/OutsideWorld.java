package io.doundo.examples.world;

import io.doundo.examples.ExamplesProperties;
import io.doundo.examples.world.Behave.Manners;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the workers call: it makes things and removes them, as a payment provider or a user
 * directory would. Like a good one it knows idempotency keys: a call that is repeated makes nothing
 * new. Like a bad one it fails, hangs and answers late, when the payload's {@code behave} says so.
 * Thread-safe.
 */
@Component
public class OutsideWorld {

  /** As after {@code kill -9}. */
  private static final int KILLED = 137;

  private final Store store;
  private final boolean crashes;

  OutsideWorld(Store store, ExamplesProperties properties) {
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
  public String create(String details, @Nullable Behave behave, StepContext step)
      throws InterruptedException {
    Errand errand = Errand.toDo(step);
    Manners manners = manners(behave, errand);
    try {
      before(manners, errand);
    } catch (UnwillingException e) {
      throw inWordsOfTheSdk(e);
    }
    Store.Made made = store.create(errand, details, manners.notIdempotent());
    made(made, manners);
    after(manners, errand);
    return made.thingId();
  }

  /**
   * The same, on behalf of a worker that has no fence: refuses when the step was undone before. A
   * call that is repeated is not told of a lost connection again, as it finds what is there.
   *
   * @throws UnwillingException when it did nothing
   */
  public String createUnlessUndone(String details, @Nullable Behave behave, Errand errand)
      throws InterruptedException, UnwillingException {
    Manners manners = manners(behave, errand);
    before(manners, errand);
    Store.Made made =
        store
            .createUnlessUndone(errand, details, manners.notIdempotent())
            .orElseThrow(() -> new UnwillingException("the UNDO came before the DO", true));
    made(made, manners);
    if (made.fresh()) {
      after(manners, errand);
    }
    return made.thingId();
  }

  private void made(Store.Made made, Manners manners) {
    if (manners.crash() && crashes && made.first()) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /**
   * Removes what this step of this flow has made, all of it, and nothing when there is nothing.
   *
   * @throws NoEffectException when it cannot right now
   */
  public void remove(@Nullable Behave behave, StepContext step) throws InterruptedException {
    try {
      remove(behave, Errand.toUndo(step));
    } catch (UnwillingException e) {
      throw inWordsOfTheSdk(e);
    }
  }

  private static RuntimeException inWordsOfTheSdk(UnwillingException e) {
    String reason = String.valueOf(e.getMessage());
    return e.isForGood() ? new StepFailedException(reason) : new NoEffectException(reason);
  }

  /**
   * The same, on behalf of a worker without the SDK.
   *
   * @throws UnwillingException when it did nothing
   */
  public void remove(@Nullable Behave behave, Errand errand)
      throws InterruptedException, UnwillingException {
    Manners manners = manners(behave, errand);
    before(manners, errand);
    boolean first = store.remove(errand);
    if (manners.crash() && crashes && first) {
      Runtime.getRuntime().halt(KILLED);
    }
    after(manners, errand);
  }

  /** What this step of this flow has made, if it stands. */
  public Optional<String> find(StepContext step) {
    return store.find(step.orchestration(), step.step(), step.flowId());
  }

  private static Manners manners(@Nullable Behave behave, Errand errand) {
    return (behave == null ? Behave.WELL : behave).manners(errand);
  }

  private static void before(Manners manners, Errand errand)
      throws InterruptedException, UnwillingException {
    TimeUnit.MILLISECONDS.sleep(manners.hangMillis());
    if (manners.failForGood()) {
      throw new UnwillingException(errand.step() + " was refused for good", true);
    }
    if (errand.attempt() <= manners.failTimes()) {
      throw new UnwillingException(
          "%s is not possible right now (attempt %d)".formatted(errand.step(), errand.attempt()),
          false);
    }
  }

  private static void after(Manners manners, Errand errand) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(manners.lateMillis());
    if (errand.attempt() <= manners.throwTimes()) {
      throw new IllegalStateException(
          "the connection broke after %s was done".formatted(errand.step()));
    }
  }
}
