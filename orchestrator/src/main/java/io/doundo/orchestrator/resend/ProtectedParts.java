package io.doundo.orchestrator.resend;

import io.doundo.orchestrator.query.deadletter.NamedFlow;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.ServiceName;
import io.doundo.protocol.json.Utf8;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a dead letter that say who sent it, about which flow and in answer to what. An edit
 * leaves them as they are: an answer must not be turned into the answer of another flow.
 */
final class ProtectedParts {

  static final String FLOW_ID = "flowId";

  /** Read from the headers of the body, or from a body without headers. */
  private static final List<String> IN_THE_BODY =
      List.of(
          "attempt",
          "onBehalfOf",
          "source",
          "serviceName",
          "X-Service-Name",
          "initiator",
          RecordHeaders.COMMAND_ID,
          RecordHeaders.WORKER);

  private static final String OWN_PREFIX = "saga-";

  /** The headers of the protocol that say what an answer means, not whose it is. */
  private static final Set<String> MEANINGS =
      Set.of(RecordHeaders.OUTCOME, RecordHeaders.RETRY_AFTER);

  private ProtectedParts() {}

  /** Refuses an edit that touches one of them. */
  static void requireUntouched(StoredDeadLetter letter, ResendEdit edit)
      throws ResendRefusedException {
    requireSameKey(letter, edit.key());
    for (String name : edit.headers().keySet()) {
      if (isProtected(name)) {
        throw new ResendRefusedException(
            "the record header %s cannot be edited: it says whose record this is".formatted(name));
      }
    }
    byte[] value = edit.value();
    if (value != null) {
      requireSameFlow(letter, value);
      if (NamedFlow.isReadable(letter.value())) {
        for (String name : IN_THE_BODY) {
          requireSame(name, letter.value(), value);
        }
      }
    }
  }

  private static void requireSameKey(StoredDeadLetter letter, @Nullable String key)
      throws ResendRefusedException {
    if (key != null && !key.equals(letter.key() == null ? null : Utf8.decode(letter.key()))) {
      throw new ResendRefusedException(
          "the key cannot be edited: it decides which flow and which partition the record is for");
    }
  }

  static boolean isProtected(String name) {
    return name.startsWith(RecordHeaders.DEAD_LETTER_PREFIX)
        || (name.startsWith(OWN_PREFIX) && !MEANINGS.contains(name))
        || name.equals(RecordHeaders.REQUESTED_BY)
        || name.equals(FLOW_ID)
        || name.equals("initiator")
        || ServiceName.REGISTRANT.contains(name);
  }

  private static void requireSameFlow(StoredDeadLetter letter, byte[] edited)
      throws ResendRefusedException {
    String before = flowOf(letter, letter.value());
    String after = flowOf(letter, edited);
    if (!Objects.equals(before, after)) {
      throw new ResendRefusedException(
          before == null
              ? "the dead letter names no flow that can be read, so an edit cannot name one; send the record anew over REST"
              : "the flowId cannot be edited: the dead letter is about flow "
                  + before
                  + (after == null ? ", and the edited record names none" : ", not " + after));
    }
  }

  private static @Nullable String flowOf(StoredDeadLetter letter, byte[] value) {
    return NamedFlow.of(value, letter.header(FLOW_ID).orElse(null), letter.key());
  }

  private static void requireSame(String name, byte[] before, byte[] after)
      throws ResendRefusedException {
    String was = NamedFlow.bodyHeader(before, name);
    if (!Objects.equals(was, NamedFlow.bodyHeader(after, name))) {
      throw new ResendRefusedException(
          "%s cannot be %s: it says whose record this is"
              .formatted(name, was == null ? "added" : "edited"));
    }
  }
}
