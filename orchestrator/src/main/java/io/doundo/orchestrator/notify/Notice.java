package io.doundo.orchestrator.notify;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a flow and of which receivers can be told. Immutable.
 *
 * @param definition {@code name@hash}, or null while the flow has none
 * @param transition counts from 1 in each incarnation
 * @param entry the position in the entries of the transition
 * @param status the flow's status after the transition
 * @param reason why, for people; null when nothing is known
 */
public record Notice(
    String flowId,
    String incarnation,
    String orchestration,
    @Nullable String definition,
    int transition,
    int entry,
    Occasion occasion,
    String status,
    @Nullable String step,
    @Nullable String reason,
    Instant at) {

  private static final int ID_BYTES = 16;
  private static final int MAX_REASON = 2_000;

  private static final Map<String, Occasion> OCCASIONS =
      Map.of(
          FlowEventType.FLOW_PARKED.name(), Occasion.PARKED,
          FlowEventType.FLOW_UNPARKED.name(), Occasion.UNPARKED,
          FlowEventType.FLOW_COMPLETED.name(), Occasion.COMPLETED,
          FlowEventType.FLOW_UNDOING.name(), Occasion.UNDOING,
          FlowEventType.FLOW_UNDONE.name(), Occasion.UNDONE,
          FlowEventType.FLOW_ABANDONED.name(), Occasion.ABANDONED,
          FlowEventType.FLOW_REJECTED.name(), Occasion.REJECTED,
          FlowEventType.INCIDENT.name(), Occasion.INCIDENT);

  /**
   * Whether a record of the audit log may hold a notice. Most hold none, and need not be decoded.
   *
   * @param record as it is stored
   */
  public static boolean mayBeIn(byte[] record) {
    // The names are ASCII, in which every byte of the record is one character.
    String text = new String(record, StandardCharsets.ISO_8859_1);
    return OCCASIONS.keySet().stream().anyMatch(text::contains);
  }

  /**
   * The notices of a transition, in its order. The end of a part is no end of a flow that anybody
   * started, so a part is told of only when it needs somebody. Entries that this release does not
   * know make no notice.
   */
  public static List<Notice> of(AuditRecord record) {
    List<Notice> notices = new ArrayList<>();
    for (int i = 0; i < record.events().size(); i++) {
      AuditRecord.Entry entry = record.events().get(i);
      Occasion occasion = OCCASIONS.get(entry.type());
      if (occasion != null && (!isPart(record.flowId()) || isOfParts(occasion))) {
        notices.add(
            new Notice(
                record.flowId(),
                record.incarnation(),
                record.orchestrationName(),
                record.definition(),
                record.transition(),
                i,
                occasion,
                record.status(),
                entry.step(),
                shortened(entry.reason()),
                entry.timestamp()));
      }
    }
    return notices;
  }

  private static boolean isPart(String flowId) {
    return flowId.indexOf(Names.PART_SEPARATOR) >= 0;
  }

  private static boolean isOfParts(Occasion occasion) {
    return switch (occasion) {
      case PARKED, UNPARKED, INCIDENT -> true;
      case COMPLETED, UNDOING, UNDONE, ABANDONED, REJECTED -> false;
    };
  }

  /**
   * The id of its delivery to a receiver: the same however often the audit log is read, and another
   * one for another receiver, transition or incarnation of the flow.
   *
   * @param receiver the receiver's name among all of them
   */
  public String idFor(String receiver) {
    String text =
        String.join(
            "\n",
            flowId,
            incarnation,
            Integer.toString(transition),
            Integer.toString(entry),
            receiver);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "ntf_" + HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The value of {@code event} in the receiver's expressions, and the body where it has none. Every
   * field is always there; those without a value are null.
   */
  public RawJson event(String receiver) {
    Map<String, RawJson> event = new LinkedHashMap<>();
    event.put("id", Json.string(idFor(receiver)));
    event.put("type", Json.string(occasion.name()));
    event.put("flowId", Json.string(flowId));
    event.put("orchestration", Json.string(orchestration));
    event.put("definition", text(definition));
    event.put("transition", Json.number(transition));
    event.put("status", Json.string(status));
    event.put("step", text(step));
    event.put("reason", text(reason));
    event.put("at", Json.string(at.toString()));
    event.put("receiver", Json.string(receiver));
    return Json.object(event);
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= MAX_REASON ? text : text.substring(0, MAX_REASON);
  }

  private static RawJson text(@Nullable String text) {
    return text == null ? RawJson.NULL : Json.string(text);
  }
}
