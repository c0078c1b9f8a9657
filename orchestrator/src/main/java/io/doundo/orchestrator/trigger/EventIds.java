package io.doundo.orchestrator.trigger;

import io.doundo.protocol.Names;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The ids that are made of what identifies an event, so that the same event is the same start
 * however often it is read. Stateless.
 */
public final class EventIds {

  private static final int DIGITS = 32;

  private EventIds() {}

  /** Of the place of a record. A name of a topic that is too long for it is shortened to a hash. */
  public static String ofRecord(
      String orchestration, String trigger, String topic, int partition, long offset) {
    String before = orchestration + '.' + trigger + '.';
    String after = "-" + partition + '-' + offset;
    String id = before + topic + after;
    return id.length() <= Names.MAX_FLOW_ID_LENGTH
        ? id
        : before + hash(topic.getBytes(StandardCharsets.UTF_8)) + after;
  }

  /**
   * Of an event that was a dead letter and was sent again. The colon, which no topic has, keeps it
   * apart from the ids of records.
   */
  public static String ofResent(String orchestration, String trigger, EventOrigin origin) {
    String before = orchestration + '.' + trigger + ".resent:";
    String after = "-" + origin.partition() + '-' + origin.offset() + '-' + origin.timestamp();
    String id = before + origin.topic() + after;
    return id.length() <= Names.MAX_FLOW_ID_LENGTH
        ? id
        : before + hash(origin.topic().getBytes(StandardCharsets.UTF_8)) + after;
  }

  /** Of the bytes of an event. */
  public static String ofContent(String orchestration, String trigger, byte[] content) {
    return orchestration + '.' + trigger + '.' + hash(content);
  }

  /** Of the id that the sender has given and signed; one that is no line of text counts by hash. */
  public static String ofDelivery(String orchestration, String trigger, String delivery) {
    String id = orchestration + '.' + trigger + '.' + delivery;
    return Names.refuseStartedFlowId(id) == null
        ? id
        : ofContent(orchestration, trigger, delivery.getBytes(StandardCharsets.UTF_8));
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
