package io.doundo.history.simulation;

import io.doundo.history.RecordPosition;
import io.doundo.orchestrator.core.event.FlowEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * One input partition of the orchestrator's task: its records in append order, and the read and
 * committed positions.
 */
public final class Partition {

  /** A record that becomes an event when it is read. */
  @FunctionalInterface
  public interface Inbound {
    FlowEvent takenAt(long at);
  }

  /** A record with its offset. */
  public record Appended(RecordPosition place, Inbound record) {}

  private final String topic;
  private final List<Appended> records = new ArrayList<>();
  private int position;
  private int committed;

  public Partition(String topic) {
    this.topic = topic;
  }

  public String topic() {
    return topic;
  }

  /** Appends a record and returns its offset. */
  public RecordPosition append(Inbound record, long at) {
    RecordPosition place = new RecordPosition(topic, 0, records.size(), at);
    records.add(new Appended(place, record));
    return place;
  }

  /** The committed offset of the next record to read. */
  public long committed() {
    return committed;
  }

  public boolean hasUnread() {
    return position < records.size();
  }

  /** When the next unread record was appended. */
  public long oldestUnread() {
    return hasUnread() ? records.get(position).place().at() : Long.MAX_VALUE;
  }

  public Appended read() {
    return records.get(position++);
  }

  /** The unread records, without reading them. */
  public List<Appended> unread() {
    return records.subList(position, records.size());
  }

  public void commit() {
    committed = position;
  }

  public void abort() {
    position = committed;
  }
}
