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
  private final List<Long> appendedAt = new ArrayList<>();
  private int position;
  private int committed;

  /** Gives the record's offset. */
  int append(Inbound record, long at) {
    records.add(record);
    appendedAt.add(at);
    return records.size() - 1;
  }

  /** The next offset to be read, as committed. */
  long committed() {
    return committed;
  }

  boolean hasUnread() {
    return position < records.size();
  }

  /** When the next unread record was appended. */
  long oldestUnread() {
    return hasUnread() ? appendedAt.get(position) : Long.MAX_VALUE;
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
