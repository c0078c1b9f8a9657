package io.doundo.worker;

import java.util.concurrent.CompletableFuture;
import org.springframework.core.io.Resource;

/** Registers orchestrations and starts flows. Thread-safe. */
public interface SagaClient extends AutoCloseable {

  /**
   * Publishes a registration document.
   *
   * @param location a Spring resource location such as {@code classpath:tenants.yaml}; YAML or JSON
   * @return the orchestrator's word on the first orchestration of the document
   * @throws IllegalArgumentException when there is no such resource
   */
  CompletableFuture<RegistrationOutcome> register(String location);

  /** Publishes a registration document. */
  CompletableFuture<RegistrationOutcome> register(Resource document);

  /**
   * Starts a flow under a new flowId. Inside a Spring transaction the start event is sent after the
   * commit, and never when it is rolled back; a crash between the two loses the start.
   *
   * @param payload what Jackson writes as a JSON object
   * @throws IllegalArgumentException when the orchestration's name or the payload can be no start's
   */
  StartedFlow start(String orchestration, Object payload);

  /**
   * Starts a flow under a flowId of one's own. The same start twice is one flow; another payload
   * under the same flowId is refused by the orchestrator: see {@link StartedFlow#end}.
   *
   * @throws IllegalArgumentException when the orchestration's name, the flowId or the payload can
   *     be no start's
   */
  StartedFlow start(String orchestration, String flowId, Object payload);

  /**
   * Sends a signal to a flow. Inside a Spring transaction it is sent after the commit, and never
   * after a rollback. Its outcome is in the flow's audit log; a refused one becomes a dead letter
   * with the reason.
   *
   * @param signalId distinguishes a repeat of this signal, which has no effect, from a new one
   * @param payload what Jackson writes as JSON: the result of the step that takes the signal
   * @return completed once Kafka has it, and so not before the end of the transaction; cancelled
   *     when that is rolled back
   * @throws IllegalArgumentException when the flowId, the name or the signalId is not valid for a
   *     signal
   */
  CompletableFuture<Void> signal(String flowId, String name, String signalId, Object payload);

  @Override
  void close();
}
