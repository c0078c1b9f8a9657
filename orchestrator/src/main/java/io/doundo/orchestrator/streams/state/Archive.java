package io.doundo.orchestrator.streams.state;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Access to ended flows. Safe for any thread. */
public interface Archive {

  /**
   * The flow as it was when this stub was left behind, with all contents that it names. May take a
   * commit and more, when the flow ended just now.
   *
   * @return completes with nothing when it is no longer there, exceptionally with {@link
   *     java.util.concurrent.CancellationException} when the reader has stopped, and with any other
   *     exception, {@link NewerSchemaException} among them, when its record cannot be read
   */
  CompletableFuture<Optional<StoredFlow>> find(String flowId, FlowStub stub);

  /** The same for a flow of the data plane, which takes precedence over lookups. */
  CompletableFuture<Optional<StoredFlow>> recall(String flowId, FlowStub stub);

  /**
   * A flow ends, and its record is about to be written: whoever looks for it soon after need not
   * search for it.
   *
   * @param flow with all contents that it names
   */
  void ends(String flowId, StoredFlow flow);

  /**
   * What the calling thread has written is committed, or is in no store any more. Until then the
   * stubs of the flows that it ended may be taken back.
   */
  void settled();
}
