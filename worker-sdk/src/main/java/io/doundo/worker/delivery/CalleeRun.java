package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.callee.Callee;
import io.doundo.worker.callee.Callee.CalledCommand;
import io.doundo.worker.callee.Callee.Verified;
import io.doundo.worker.delivery.StepServer.StepRun;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Settled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a callee carry out one command, and occupies no thread meanwhile. */
final class CalleeRun implements StepRun {

  private enum RunKind {
    DO,
    VERIFY_THEN_DO,
    UNDO
  }

  private static final Logger log = LoggerFactory.getLogger(CalleeRun.class);

  private final RunKind kind;
  private final Command command;
  private final Callee callee;
  private final boolean again;
  private final KnownEffect effect;
  private final @Nullable RawJson kept;

  private CalleeRun(
      RunKind kind,
      Command command,
      Callee callee,
      boolean again,
      KnownEffect effect,
      @Nullable RawJson kept) {
    this.kind = kind;
    this.command = command;
    this.callee = callee;
    this.again = again;
    this.effect = effect;
    this.kept = kept;
  }

  static CalleeRun forDo(Command command, Callee callee, boolean again) {
    return new CalleeRun(RunKind.DO, command, callee, again, KnownEffect.UNKNOWN, null);
  }

  static CalleeRun forVerify(Command command, Callee callee) {
    return new CalleeRun(RunKind.VERIFY_THEN_DO, command, callee, true, KnownEffect.UNKNOWN, null);
  }

  static CalleeRun forUndo(
      Command command, Callee callee, KnownEffect effect, @Nullable RawJson kept) {
    return new CalleeRun(RunKind.UNDO, command, callee, false, effect, kept);
  }

  /** The callee's view of the command. */
  private record Called(ReceivedCommand received, boolean again, Lease lease)
      implements CalledCommand {

    @Override
    public BooleanSupplier abandoned() {
      return lease::abandoned;
    }

    @Override
    public void onAbandon(Runnable interrupt) {
      lease.running(interrupt);
    }
  }

  @Override
  public CallEnd notBegun(String why) {
    return CallEnd.with(
        kind == RunKind.UNDO ? new Settled.UndoThrew(why) : new Settled.NoEffect(why, true));
  }

  @Override
  public void begin(DeliveryContext context, Lease lease, FenceKey key, Consumer<CallEnd> ended) {
    long began = System.nanoTime();
    context.meters().pickedUp(command, System.currentTimeMillis());
    CalledCommand called = new Called(command.received(), again, lease);
    run(context, lease, key, called)
        .exceptionally(this::failed)
        .thenAccept(
            end -> {
              lease.returned();
              context.meters().handled(command, end.settled(), System.nanoTime() - began);
              ended.accept(end);
            });
  }

  private CompletionStage<CallEnd> run(
      DeliveryContext context, Lease lease, FenceKey key, CalledCommand called) {
    try {
      return switch (kind) {
        case DO -> callee.call(called);
        case UNDO -> callee.undo(called, effect, kept);
        case VERIFY_THEN_DO ->
            callee.verify(called).thenCompose(found -> found(context, lease, key, called, found));
      };
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<CallEnd> found(
      DeliveryContext context, Lease lease, FenceKey key, CalledCommand called, Verified found) {
    if (found instanceof Verified.Done done) {
      return CompletableFuture.completedFuture(done.end());
    }
    if (found instanceof Verified.Unknown unknown) {
      return CompletableFuture.completedFuture(unknown.end());
    }
    return lease
        .fence()
        .ask(
            fence -> fence.ruledOut(key, lease.token(), lease.length()), () -> !context.isStopped())
        .thenCompose(
            held ->
                held == RenewResult.HELD
                    ? callee.call(called)
                    : CompletableFuture.completedFuture(
                        CallEnd.with(
                            new Settled.NoEffect(
                                "verified as not done, and the lease was lost before it was done",
                                true))));
  }

  /** Nobody knows how far the callee came. */
  private CallEnd failed(Throwable error) {
    Throwable cause = FenceHealth.unwrapped(error);
    log.error(
        "{} of flow {} could not be completed", command.step(), command.received().flowId(), cause);
    String reason = "the call could not be completed: " + cause;
    return CallEnd.with(
        kind == RunKind.UNDO ? new Settled.UndoThrew(reason) : new Settled.InDoubt(reason));
  }

  /** A callee carries out the commands. */
  record CalleeServer(StepKey key, Callee callee) implements StepServer {

    @Override
    public OnDoubt onDoubt(Command command) {
      return callee.onDoubt(command.received());
    }

    @Override
    public StepRun toDo(Command command, boolean again) {
      return CalleeRun.forDo(command, callee, again);
    }

    @Override
    public StepRun toVerify(Command command) {
      return CalleeRun.forVerify(command, callee);
    }

    @Override
    public StepRun toUndo(Command command, KnownEffect effect, @Nullable RawJson kept) {
      return CalleeRun.forUndo(command, callee, effect, kept);
    }
  }
}
