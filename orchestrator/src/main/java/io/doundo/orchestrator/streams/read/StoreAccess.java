package io.doundo.orchestrator.streams.read;

import java.time.Duration;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.QueryableStoreType;

/** Opens stores for reads from outside; waits a short time while they move or are restored. */
public final class StoreAccess {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final KafkaStreams streams;

  public StoreAccess(KafkaStreams streams) {
    this.streams = streams;
  }

  /** A read that may meet stores on the move. */
  @FunctionalInterface
  interface Read<T> {

    /**
     * Reads once.
     *
     * @throws InvalidStateStoreException when a store has moved
     */
    T attempt();
  }

  <T> T get(String name, QueryableStoreType<T> type) {
    return patiently(() -> streams.store(StoreQueryParameters.fromNameAndType(name, type)));
  }

  /**
   * The store of one partition. Its reads fail once the partition has left this instance; the
   * stores of the others would have nothing to say of its flows.
   */
  <T> T get(String name, QueryableStoreType<T> type, int partition) {
    return patiently(
        () ->
            streams.store(
                StoreQueryParameters.fromNameAndType(name, type).withPartition(partition)));
  }

  /** Reads again until it succeeds or patience is over. */
  <T> T patiently(Read<T> read) {
    long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return read.attempt();
      } catch (StreamsNotStartedException e) {
        throw new FlowsUnavailableException("the engine has not started yet", e);
      } catch (InvalidStateStoreException e) {
        if (System.nanoTime() > giveUpAt) {
          throw new FlowsUnavailableException(
              "the stores are moving or being restored; try again in a moment", e);
        }
        pause();
      }
    }
  }

  static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlowsUnavailableException("interrupted while waiting for the stores", e);
    }
  }
}
