package io.doundo.orchestrator.streams.record;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.state.ByteReader;
import io.doundo.orchestrator.streams.state.ByteWriter;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.NewerSchemaException;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers, control records and messages of other flows for a flow whose start was not seen yet or
 * that has ended, in the order in which they came. They share one time limit, which the first one
 * sets. Immutable.
 *
 * @param until when they are given up, ms since the epoch
 */
public record HeldRecords(long until, List<InputRecord> records) {

  /**
   * How many answers and control records are held: enough for every answer that can overtake a
   * start, and few enough to be replayed in one go.
   */
  public static final int MAX_RECORDS = 100;

  private static final int VERSION = 1;

  public HeldRecords {
    records = List.copyOf(records);
  }

  /** Why one more cannot be held, or an empty text. */
  public String refusal(InputRecord record, EngineSettings settings) {
    // A flow answers each message of another one, so they are limited by their size only.
    boolean isMessage = record.source() == InputSource.TOLD;
    if (!isMessage && records.size() >= MAX_RECORDS) {
      return MAX_RECORDS + " records are already held for it";
    }
    int bytes = record.size();
    for (InputRecord held : records) {
      bytes += held.size();
    }
    // Behind the largest records there is still room for what other flows tell.
    int most = settings.maxInputBytes() + (isMessage ? EngineSettings.ENVELOPE_RESERVE / 2 : 0);
    return bytes > most ? "the records held for it would take " + bytes + " bytes" : "";
  }

  public HeldRecords with(InputRecord record) {
    List<InputRecord> more = new ArrayList<>(records);
    more.add(record);
    return new HeldRecords(until, more);
  }

  public byte[] encode() {
    ByteWriter out = new ByteWriter(256 * (1 + records.size()));
    out.writeByte(FlowValue.HELD);
    out.writeByte(VERSION);
    out.writeNumber(until);
    out.writeNumber(records.size());
    for (InputRecord record : records) {
      record.writeTo(out);
    }
    return out.toByteArray();
  }

  public static HeldRecords decode(byte[] value) {
    ByteReader in = new ByteReader(value);
    in.readByte();
    int version = in.readByte();
    NewerSchemaException.check("held records", version, VERSION);
    long until = in.readNumber();
    int count = in.readInt();
    List<InputRecord> records = new ArrayList<>(Math.min(count, MAX_RECORDS));
    for (int i = 0; i < count; i++) {
      records.add(InputRecord.readFrom(in));
    }
    return new HeldRecords(until, records);
  }
}
