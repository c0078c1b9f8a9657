package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * The rest of an ended flow in the live stores: enough to distinguish a repeated start from a new
 * one and to know whether its archived state is current.
 *
 * @param startDigest see {@link FlowState#startDigest}
 * @param transitions of the archived state; another number says that it is not the current one
 * @param endedAt ms since the epoch
 * @param undoableUntil end of the undo window, ms since the epoch
 * @param archivedAt which time the archived state's record carries, ms since the epoch
 */
public record FlowStub(
    FlowStatus status,
    String incarnation,
    String startDigest,
    int transitions,
    long endedAt,
    long undoableUntil,
    long archivedAt) {

  private static final int VERSION = 2;

  public boolean isOf(FlowState archived) {
    return isOf(archived.incarnation(), archived.transitions());
  }

  public boolean isOf(FlowHead archived) {
    return isOf(archived.incarnation(), archived.transitions());
  }

  private boolean isOf(String otherIncarnation, int otherTransitions) {
    return transitions == otherTransitions && incarnation.equals(otherIncarnation);
  }

  /** Until when an answer can repair the flow, ms since the epoch. */
  public long repairableUntil(Duration repairWindow) {
    // The later of the two: the clock that ended the flow may have been behind.
    return Math.max(endedAt, archivedAt) + repairWindow.toMillis();
  }

  public String waitsForNothing() {
    return over("it waits for no signal any more");
  }

  public String undoWindowOver() {
    return over("its undo window ended at " + Instant.ofEpochMilli(undoableUntil));
  }

  public String repairWindowOver(Duration repairWindow) {
    return over(
        "late effects were repaired until "
            + Instant.ofEpochMilli(repairableUntil(repairWindow))
            + " (doundo.engine.repair-window)");
  }

  private String over(String what) {
    return "the flow ended as " + status + " at " + Instant.ofEpochMilli(endedAt) + "; " + what;
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter(96);
    out.writeByte(VERSION);
    out.writeByte(StoredCodes.STATUSES.codeOf(status));
    out.writeDigest(incarnation);
    out.writeDigest(startDigest);
    out.writeNumber(transitions);
    out.writeNumber(endedAt);
    out.writeNumber(undoableUntil);
    out.writeNumber(archivedAt);
    return out.toByteArray();
  }

  public static FlowStub decode(byte[] value) {
    ByteReader in = new ByteReader(value);
    int version = in.readByte();
    NewerSchemaException.check("a stub", version, VERSION);
    FlowStatus status = StoredCodes.STATUSES.valueOf(in.readByte());
    String incarnation = in.readDigest();
    String startDigest = in.readDigest();
    int transitions = in.readInt();
    long endedAt = in.readNumber();
    long undoableUntil = in.readNumber();
    // The first version did not say; a flow is archived when it ends, and seldom again.
    long archivedAt = version == 1 ? endedAt : in.readNumber();
    return new FlowStub(
        status, incarnation, startDigest, transitions, endedAt, undoableUntil, archivedAt);
  }
}
