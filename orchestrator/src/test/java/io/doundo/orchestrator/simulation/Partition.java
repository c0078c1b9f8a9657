package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.history.Place;
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

  /** A record where it stands. */
  record Appended(Place place, Inbound record) {}

  private final String topic;
  private final List<Appended> records = new ArrayList<>();
  private int position;
  private int committed;

  Partition(String topic) {
    this.topic = topic;
  }

  String topic() {
    return topic;
  }

  /** Gives the record's place. */
  Place append(Inbound record, long at) {
    Place place = new Place(topic, 0, records.size(), at);
    records.add(new Appended(place, record));
    return place;
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
    return hasUnread() ? records.get(position).place().at() : Long.MAX_VALUE;
  }

  Appended read() {
    return records.get(position++);
  }

  /** The unread records, without reading them. */
  List<Appended> unread() {
    return records.subList(position, records.size());
  }

  void commit() {
    committed = position;
  }

  void abort() {
    position = committed;
  }
}
