package io.doundo.worker;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command a handler is called for. Valid during the call. */
public interface StepContext {

  String flowId();

  String orchestration();

  String step();

  /** Counts from 1 and never restarts. */
  int attempt();

  /** Rises with an operator's retry and with a repeated UNDO. */
  int generation();

  /**
   * Whether an earlier call of this handler may have had its effect already: its worker died, or it
   * threw. Of a DO only.
   */
  boolean again();

  /**
   * When this attempt times out, by the orchestrator's clock. Afterwards the lease is no longer
   * renewed, and the calling thread is interrupted when it ends.
   */
  Optional<Instant> deadline();

  /** The body headers of the command. */
  Map<String, String> headers();

  /**
   * 32 hexadecimal digits, the same for all attempts of this flow, step, action and generation, and
   * different for anything else, a later life of the same flowId included. The key of a DO stays
   * the same in a later generation while an earlier attempt may have had its effect.
   */
  String idempotencyKey();

  /**
   * The idempotency keys of the DOs that an UNDO is to undo, oldest first: nearly always one. There
   * are several when an effect was reported after the step was retried under a new key. Of a DO,
   * its own key alone.
   */
  List<String> doKeys();

  /**
   * Whether this call no longer owns the step: its lease ended, or an UNDO waits for it. Its thread
   * has been interrupted; an effect that lands now is reported as late and undone again.
   */
  boolean abandoned();

  /**
   * Reports that this call of a DO did nothing, because its work was already done: the step
   * succeeds with this result, and is not undone with the flow unless another call of its handler
   * may have had an effect.
   *
   * <pre>{@code
   * Realm existing = realms.find(request.name());
   * return existing == null ? realms.create(request) : step.unchanged(existing);
   * }</pre>
   *
   * @return the result, for the handler to return
   * @throws IllegalStateException in an UNDO, where it would say nothing
   */
  <T extends @Nullable Object> T unchanged(T result);

  /**
   * Values that this step keeps in Redis beside its result, for its later attempts and its UNDO.
   */
  StepStorage storage();
}
