package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Input records that are too large to be held, sent on or archived. An answer loses its payload, so
 * that the flow still learns of it; anything else is refused.
 */
final class InputSizeLimit {

  private static final String HEADERS = "headers";

  /** The record headers an answer is understood by. */
  private static final Set<String> MEANINGFUL =
      Set.of("flowId", RecordHeaders.COMMAND_ID, RecordHeaders.ATTEMPT, RecordHeaders.OUTCOME);

  private final EngineSettings settings;

  InputSizeLimit(EngineSettings settings) {
    this.settings = settings;
  }

  boolean is(InputRecord record) {
    return record.size() > settings.maxInputBytes()
        || record.headers().size() > InputRecord.MAX_HEADERS;
  }

  String reason(InputRecord record) {
    return "the record takes "
        + record.size()
        + " bytes with its "
        + record.headers().size()
        + " headers; at most "
        + settings.maxInputBytes()
        + " bytes are accepted, because every command must be able to carry it";
  }

  /**
   * An answer with its envelope alone.
   *
   * @return null when even that is too large
   * @throws MalformedRecordException when it is no answer
   */
  @Nullable InputRecord cut(InputRecord answer) throws MalformedRecordException {
    byte[] value = answer.value();
    RawJson headers = value == null ? null : Json.fields(value).get(HEADERS);
    if (headers == null) {
      return null;
    }
    byte[] envelope = Json.object(Map.of(HEADERS, headers)).bytes();
    List<Header> kept =
        answer.headers().stream().filter(header -> MEANINGFUL.contains(header.key())).toList();
    InputRecord cut =
        new InputRecord(
            answer.source(),
            answer.partition(),
            answer.offset(),
            answer.appendedAt(),
            answer.key(),
            kept,
            envelope,
            true);
    return is(cut) ? null : cut;
  }
}
