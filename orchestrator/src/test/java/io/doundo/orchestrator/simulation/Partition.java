package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.FlowEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * One input partition of the orchestrator's task: records in the order of their append, and how far
 * they are read and committed.
 */
final class Partition {

  /** A record that becomes an event at the moment it is taken. */
  @FunctionalInterface
  interface Inbound {
    FlowEvent takenAt(long at);
  }

  private final List<Inbound> records = new ArrayList<>();
  private int position;
  private int committed;

  void append(Inbound record) {
    records.add(record);
  }

  boolean hasUnread() {
    return position < records.size();
  }

  Inbound read() {
    return records.get(position++);
  }

  /** The unread records, without reading them. */
  List<Inbound> unread() {
    return records.subList(position, records.size());
  }

  void commit() {
    committed = position;
  }

  void abort() {
    position = committed;
  }
}
