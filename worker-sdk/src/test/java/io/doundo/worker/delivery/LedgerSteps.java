package io.doundo.worker.delivery;

import io.doundo.worker.Do;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.Verify;
import io.doundo.worker.VerifyResult;
import io.doundo.worker.delivery.StepLedger.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Handlers that record their effects in a ledger, and hang where a file says so: the test then
 * kills or stops their process at exactly that point. They ignore interrupts.
 */
@SagaWorker("faults")
class LedgerSteps {

  record TenantRequest(String tenant) {}

  record TenantCreated(String id) {}

  private final Path directory;
  private final String instance;
  private final StepLedger ledger;

  LedgerSteps(Path directory, String instance) {
    this.directory = directory;
    this.instance = instance;
    this.ledger = ledger(directory);
  }

  static StepLedger ledger(Path directory) {
    return new StepLedger(directory.resolve("ledger"));
  }

  /** While this file exists, the flow's DO hangs in that instance before its effect. */
  static Path hangsBefore(Path directory, String instance, String flowId) {
    return directory.resolve(instance + "-before-" + flowId);
  }

  /** While this file exists, the flow's DO hangs in that instance after its effect. */
  static Path hangsAfter(Path directory, String instance, String flowId) {
    return directory.resolve(instance + "-after-" + flowId);
  }

  @Do("rerun")
  TenantCreated rerun(TenantRequest asked, StepContext step) {
    return act(asked, step);
  }

  @Undo("rerun")
  void undoRerun(Undoing<TenantRequest, TenantCreated> undoing, StepContext step) {
    ledger.write(instance, Kind.UNDO, step);
  }

  @Do(value = "verified", onDoubt = OnDoubt.VERIFY)
  TenantCreated verified(TenantRequest asked, StepContext step) {
    return act(asked, step);
  }

  @Verify("verified")
  VerifyResult verify(TenantRequest asked, StepContext step) {
    return ledger.hasDone(step.flowId())
        ? VerifyResult.done(new TenantCreated("seen"))
        : VerifyResult.notDone();
  }

  @Undo("verified")
  void undoVerified(Undoing<TenantRequest, TenantCreated> undoing, StepContext step) {
    ledger.write(instance, Kind.UNDO, step);
  }

  @Do(value = "never", onDoubt = OnDoubt.NEVER)
  TenantCreated never(TenantRequest asked, StepContext step) {
    return act(asked, step);
  }

  @Undo("never")
  void undoNever(Undoing<TenantRequest, TenantCreated> undoing, StepContext step) {
    ledger.write(instance, Kind.UNDO, step);
  }

  private TenantCreated act(TenantRequest asked, StepContext step) {
    ledger.write(instance, Kind.BEGAN, step);
    hangWhile(hangsBefore(directory, instance, step.flowId()));
    ledger.write(instance, Kind.DO, step);
    hangWhile(hangsAfter(directory, instance, step.flowId()));
    return new TenantCreated(asked.tenant());
  }

  private static void hangWhile(Path file) {
    boolean interrupted = false;
    while (Files.exists(file)) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
