package io.doundo.orchestrator.trace;

import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is remembered of a flow whose spans are made. Confined to its {@link AuditSpans}. */
final class FlowTrace {

  final boolean sampled;

  /** The id of the root span. */
  final String root;

  /** Commands whose answers are awaited. */
  final Map<StepAction, OpenCommand> open = new LinkedHashMap<>();

  /** Its spans so far, of a flow that is not sampled. */
  List<TraceSpan> unsampled = new ArrayList<>();

  /** Whether it turned out to be worth keeping. */
  boolean kept;

  /** Whether it went on after its end. */
  boolean reopened;

  long lastAt;
  private long firstOffset;

  /** What a command is about. */
  record StepAction(String step, CommandAction action) {}

  /**
   * A command that was sent.
   *
   * @param offset of the record that says so; the largest number when that need not be read again
   */
  record OpenCommand(String commandId, Entry entry, long sentAt, long offset) {

    OpenCommand withoutOffset() {
      return new OpenCommand(commandId, entry, sentAt, Long.MAX_VALUE);
    }
  }

  FlowTrace(long firstOffset, boolean sampled, String root) {
    this.firstOffset = firstOffset;
    this.sampled = sampled;
    this.root = root;
  }

  boolean isExported() {
    return sampled || kept;
  }

  /** What it knows need not be read again, and is lost with a restart. */
  void rest() {
    open.replaceAll((command, sent) -> sent.withoutOffset());
  }

  void wake(long offset) {
    firstOffset = offset;
  }

  /** The first offset that has to be read again to know this; the largest number for none. */
  long needed() {
    if (!sampled || reopened) {
      return firstOffset;
    }
    long needed = Long.MAX_VALUE;
    for (OpenCommand command : open.values()) {
      needed = Math.min(needed, command.offset());
    }
    return needed;
  }
}
