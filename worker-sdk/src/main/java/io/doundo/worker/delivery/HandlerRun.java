package io.doundo.worker.delivery;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.UndoPayload;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.VerifyResult;
import io.doundo.worker.binding.AsyncTypes;
import io.doundo.worker.binding.HandlerCall;
import io.doundo.worker.binding.HandlerMethod;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.NoResultException;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.binding.UnfinishedWorkException;
import io.doundo.worker.binding.UnreadablePayloadException;
import io.doundo.worker.callee.CallEnd;
import io.doundo.worker.delivery.StepServer.StepRun;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Settled;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.core.JacksonException;

/** Calls the handlers of one command under a lease and describes the outcome. */
final class HandlerRun implements StepRun {

  private enum RunKind {
    DO,
    VERIFY_THEN_DO,
    UNDO
  }

  private static final Logger log = LoggerFactory.getLogger(HandlerRun.class);

  private final RunKind kind;
  private final Command command;
  private final ServedStep step;
  private final boolean again;
  private final KnownEffect effect;
  private final @Nullable RawJson result;

  /** Whether the DO handler was called, so that its effect may be there. */
  private boolean called;

  /** What the handler threw. */
  private @Nullable Throwable failure;

  private HandlerRun(
      RunKind kind,
      Command command,
      ServedStep step,
      boolean again,
      KnownEffect effect,
      @Nullable RawJson result) {
    this.kind = kind;
    this.command = command;
    this.step = step;
    this.again = again;
    this.effect = effect;
    this.result = result;
  }

  static HandlerRun forDo(Command command, ServedStep step, boolean again) {
    return new HandlerRun(RunKind.DO, command, step, again, KnownEffect.UNKNOWN, null);
  }

  static HandlerRun forVerify(Command command, ServedStep step) {
    return new HandlerRun(RunKind.VERIFY_THEN_DO, command, step, true, KnownEffect.UNKNOWN, null);
  }

  /**
   * An UNDO.
   *
   * @param kept the result as the fence still has it; else the command may have it
   */
  static HandlerRun forUndo(
      Command command, ServedStep step, KnownEffect effect, @Nullable RawJson kept) {
    RawJson result = kept != null ? kept : told(command);
    return new HandlerRun(RunKind.UNDO, command, step, false, effect, unnested(step, result));
  }

  /** The result in the command; an older orchestrator does not separate it from the request. */
  private static @Nullable RawJson told(Command command) {
    if (command.received().effect() != KnownEffect.DONE) {
      return null;
    }
    UndoPayload payload = command.payload();
    return payload.told() ? payload.result() : payload.request();
  }

  /** The handler's result; a DO of an earlier version of the service may not have nested it. */
  private static @Nullable RawJson unnested(ServedStep step, @Nullable RawJson result) {
    String name = step.resultName();
    if (name == null || result == null || !result.isObject()) {
      return result;
    }
    try {
      RawJson inner = Json.fields(result.bytes()).get(name);
      return inner == null ? result : inner;
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("a result is read before it is kept", e);
    }
  }

  /** How it ends when its handler is not called at all. */
  @Override
  public CallEnd notBegun(String why) {
    return CallEnd.with(
        kind == RunKind.UNDO ? new Settled.UndoThrew(why) : new Settled.NoEffect(why, true));
  }

  /** Runs on the calling thread to its end. */
  @Override
  public void begin(DeliveryContext context, Lease lease, FenceKey key, Consumer<CallEnd> ended) {
    ended.accept(on(context, lease, key));
  }

  private CallEnd on(DeliveryContext context, Lease lease, FenceKey key) {
    context.meters().pickedUp(command, System.currentTimeMillis());
    try (HandlerObservation observation =
        HandlerObservation.begin(command, context.meters().observations())) {
      CallEnd ended = run(context, lease, key);
      observation.ended(WorkerMeters.result(ended.settled()), failure);
      return ended;
    }
  }

  private CallEnd run(DeliveryContext context, Lease lease, FenceKey key) {
    long began = System.nanoTime();
    lease.runningOn(Thread.currentThread());
    CallEnd ended;
    try {
      MDC.put("flowId", key.flowId());
      MDC.put("step", key.step());
      MDC.put("traceId", command.traceId());
      CommandContext stepContext =
          new CommandContext(command, key, lease, lease.fence(), context.json(), again);
      HandlerCall call =
          new HandlerCall(
              command.received(),
              command.payload().request(),
              command::recordHeaders,
              stepContext,
              effect,
              result);
      ended =
          switch (kind) {
            case DO -> doStep(context, call, stepContext);
            case VERIFY_THEN_DO -> verify(context, lease, key, call, stepContext);
            case UNDO -> undo(call);
          };
    } catch (RuntimeException | Error e) {
      log.error("{} of flow {} could not be completed", key.step(), key.flowId(), e);
      ended = called ? thrown(e) : notBegun(reason(e));
    } finally {
      lease.returnedFromThread();
      MDC.remove("flowId");
      MDC.remove("step");
      MDC.remove("traceId");
    }
    context.meters().handled(command, ended.settled(), System.nanoTime() - began);
    return ended;
  }

  private CallEnd thrown(Throwable e) {
    return CallEnd.with(
        kind == RunKind.UNDO ? new Settled.UndoThrew(reason(e)) : new Settled.InDoubt(reason(e)));
  }

  private CallEnd doStep(DeliveryContext context, HandlerCall call, CommandContext stepContext) {
    HandlerMethod handler = Objects.requireNonNull(step.doHandler());
    @Nullable Object[] arguments;
    try {
      arguments = handler.arguments(call);
    } catch (UnreadablePayloadException | NoResultException e) {
      log.error("{} was not called: {}", handler, e.getMessage());
      return CallEnd.with(new Settled.NoEffect(reason(e), false));
    } catch (RuntimeException | Error e) {
      log.error("{} was not called: its arguments could not be created", handler, e);
      return CallEnd.with(new Settled.NoEffect(reason(e), true));
    }
    called = true;
    try {
      Object returned = handler.invoke(arguments);
      return stepContext.isUnchanged() ? unchanged(context, returned) : done(context, returned);
    } catch (UnfinishedWorkException e) {
      log.error("{} did not complete: {}", handler, e.getMessage());
      return CallEnd.forGood(new Settled.InDoubt(reason(e)));
    } catch (Throwable e) {
      return thrown(handler, e);
    }
  }

  private CallEnd thrown(HandlerMethod handler, Throwable e) {
    failure = e;
    return switch (step.meaningOf(e)) {
      case FAILED -> {
        log.info("{} failed: {}", handler, reason(e));
        yield CallEnd.with(new Settled.NoEffect(reason(e), false));
      }
      case NO_EFFECT -> {
        log.info("{} had no effect: {}", handler, reason(e));
        yield CallEnd.with(new Settled.NoEffect(reason(e), true)).after(retryAfter(e));
      }
      case UNKNOWN -> {
        log.warn("{} threw; its effect is unknown", handler, e);
        yield CallEnd.with(new Settled.InDoubt(reason(e)));
      }
    };
  }

  private CallEnd done(DeliveryContext context, @Nullable Object returned) {
    try {
      return CallEnd.with(new Settled.Done(result(context, returned)));
    } catch (UnsendableResultException e) {
      return CallEnd.forGood(new Settled.InDoubt("done, but " + e.getMessage()));
    }
  }

  private CallEnd unchanged(DeliveryContext context, @Nullable Object returned) {
    try {
      return CallEnd.with(new Settled.Unchanged(result(context, returned)));
    } catch (UnsendableResultException e) {
      return CallEnd.with(
          new Settled.NoEffect("nothing was changed, but " + e.getMessage(), false));
    }
  }

  /** The handler's result in the form in which it is sent; null when there is nothing to send. */
  private @Nullable RawJson result(DeliveryContext context, @Nullable Object returned)
      throws UnsendableResultException {
    if (returned == null) {
      return null;
    }
    RawJson json;
    try {
      json = nested(context.json(), context.json().write(returned));
    } catch (JacksonException | IllegalArgumentException e) {
      log.error("The result of {} cannot be sent as JSON", command.step(), e);
      throw new UnsendableResultException("its result cannot be sent as JSON: " + wording(e));
    }
    if (json.size() > AnswerSender.MAX_VALUE_BYTES) {
      String why = "its result takes " + json.size() + " bytes, which is too large";
      log.error("{}: {}", command.step(), why);
      throw new UnsendableResultException(why);
    }
    return json.isNull() ? null : json;
  }

  /** A result that no answer can carry. */
  private static final class UnsendableResultException extends Exception {

    private static final long serialVersionUID = 1L;

    UnsendableResultException(String why) {
      super(why);
    }
  }

  private RawJson nested(JsonBinder json, RawJson result) {
    String name = step.resultName();
    return name == null || result.isNull() ? result : json.write(Json.object(Map.of(name, result)));
  }

  private static String wording(RuntimeException e) {
    return e instanceof JacksonException ? reason(e) : String.valueOf(e.getMessage());
  }

  private CallEnd verify(
      DeliveryContext context,
      Lease lease,
      FenceKey key,
      HandlerCall call,
      CommandContext stepContext) {
    HandlerMethod handler = Objects.requireNonNull(step.verifyHandler());
    VerifyResult verdict;
    try {
      verdict = (VerifyResult) handler.invoke(handler.arguments(call));
    } catch (Throwable e) {
      log.warn("{} could not verify whether the effect happened", handler, e);
      return CallEnd.with(new Settled.InDoubt("could not be verified: " + reason(e)));
    }
    if (verdict != null && verdict.isDone()) {
      return found(context, verdict);
    }
    if (verdict == null || !verdict.isNotDone()) {
      return CallEnd.with(new Settled.InDoubt("verified: unknown whether it was done"));
    }
    RenewResult held;
    try {
      held =
          lease
              .fence()
              .ask(
                  fence -> fence.ruledOut(key, lease.token(), lease.length()),
                  () -> !context.isStopped())
              .toCompletableFuture()
              .join();
    } catch (CompletionException e) {
      return CallEnd.with(
          new Settled.InDoubt("verified, but the fence could not be updated: " + reason(e)));
    }
    return held == RenewResult.HELD
        ? doStep(context, call, stepContext)
        : CallEnd.with(
            new Settled.NoEffect(
                "verified as not done, and the lease was lost before it was done", true));
  }

  private CallEnd found(DeliveryContext context, VerifyResult verdict) {
    try {
      return done(context, AsyncTypes.settled(verdict.result()));
    } catch (Throwable e) {
      log.error("{} was verified as done, but its result is missing", command.step(), e);
      return CallEnd.forGood(new Settled.InDoubt("verified as done, but: " + reason(e)));
    }
  }

  private CallEnd undo(HandlerCall call) {
    HandlerMethod handler = Objects.requireNonNull(step.undoHandler());
    try {
      handler.invoke(handler.arguments(call));
      return CallEnd.with(new Settled.Undone());
    } catch (Throwable e) {
      log.warn("{} failed to undo", handler, e);
      boolean retryable =
          step.meaningOf(e) != ServedStep.Meaning.FAILED && !(e instanceof UnfinishedWorkException);
      return new CallEnd(new Settled.UndoThrew(reason(e)), retryable, retryAfter(e), false, false);
    }
  }

  private static @Nullable Duration retryAfter(Throwable e) {
    return e instanceof NoEffectException noEffect ? noEffect.retryAfter() : null;
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : e.getClass().getSimpleName() + ": " + message;
  }

  /** The handlers of this application carry out the commands. */
  record HandlerServer(ServedStep step) implements StepServer {

    @Override
    public StepKey key() {
      return step.key();
    }

    @Override
    public OnDoubt onDoubt(Command command) {
      return step.onDoubt();
    }

    @Override
    public StepRun toDo(Command command, boolean again) {
      return HandlerRun.forDo(command, step, again);
    }

    @Override
    public StepRun toVerify(Command command) {
      return HandlerRun.forVerify(command, step);
    }

    @Override
    public StepRun toUndo(Command command, KnownEffect effect, @Nullable RawJson kept) {
      return HandlerRun.forUndo(command, step, effect, kept);
    }
  }
}
