package io.doundo.orchestrator.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The instances of the orchestrator. Thread-safe. */
public interface Instances {

  /**
   * An instance, as it describes itself.
   *
   * @param name its advertised address; without one, the name of its machine
   * @param partitions whose flows it decides
   * @param lagMs how far its lists are behind; null when they are disabled, or it has not answered
   * @param timerLateMs by how much a timer was late at most in the last minutes; null when it has
   *     not answered
   * @param state of its engine, or UNREACHABLE when it has not answered
   */
  record InstanceView(
      String name,
      List<Integer> partitions,
      @Nullable Long lagMs,
      @Nullable Long timerLateMs,
      String state) {

    public InstanceView {
      partitions = List.copyOf(partitions);
    }
  }

  /** This instance. */
  InstanceView own();

  /** All instances that are known, this one first. */
  List<InstanceView> all();
}
