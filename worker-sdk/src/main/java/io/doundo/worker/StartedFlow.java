package io.doundo.worker;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** A requested flow. Thread-safe. */
public interface StartedFlow {

  String flowId();

  /**
   * Completes when the broker has acknowledged the start event: from then on nothing is lost.
   * Cancelled when the surrounding transaction was rolled back.
   */
  CompletableFuture<Void> accepted();

  /**
   * Completes when the flow has ended or waits for an operator; with a {@link
   * StartRefusedException} when the orchestrator did not begin it. The audit log is read only after
   * the first wait for an end; an orchestrator without an audit log reports no ends.
   */
  CompletableFuture<FlowEnd> end();

  /**
   * Waits for the end. Not to be called inside the transaction that starts the flow, because the
   * start event is sent only after its commit.
   *
   * @throws TimeoutException when it takes longer; the flow continues all the same @throws
   *     StartRefusedException when the orchestrator refused the start
   */
  FlowEnd await(Duration longest) throws InterruptedException, TimeoutException;
}
