package io.doundo.orchestrator.resend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.deadletter.StoredDeadLetter;
import io.doundo.orchestrator.query.deadletter.StoredDeadLetter.StoredHeader;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which dead letters of a group are sent again. */
class BulkResendTest {

  private static final String SENT = "sent to " + Topics.RESPONSE;

  private final BulkResend.Gathered gathered = new BulkResend.Gathered();

  @Test
  void ofADeadLetterAndItsCopiesOnlyTheLastOneIsSent() {
    add("0-1", "f-1", null);
    add("0-2", "f-2", null);
    add("1-7", "f-1", "0-1");
    add("0-9", "f-1", "1-7");

    BulkResend.Selection selection = gathered.selection(false, true);

    assertThat(selection.ids()).containsExactly("0-2", "0-9");
    assertThat(selection.outcomes()).containsOnly(Map.entry(SENT, 2));
    assertThat(selection.copied()).isEqualTo(2);
  }

  @Test
  void aCopyThatIsNoPartOfTheJobLeavesTheFirstOneIn() {
    add("0-1", "f-1", null);
    add("0-2", "f-2", "3-4");

    assertThat(gathered.selection(false, true).ids()).containsExactly("0-1", "0-2");
  }

  @Test
  void aDeadLetterOfAnotherFlowCannotClaimToBeTheCopy() {
    add("0-1", "f-1", null);
    add("0-2", "f-2", "0-1");

    assertThat(gathered.selection(false, true).ids()).containsExactly("0-1", "0-2");
  }

  private void add(String id, String key, @Nullable String resentFrom) {
    List<StoredHeader> headers =
        resentFrom == null
            ? List.of()
            : List.of(
                new StoredHeader(
                    RecordHeaders.DEAD_LETTER_RESENT_FROM, resentFrom.getBytes(UTF_8)));
    gathered.add(
        new StoredDeadLetter(
            id, Topics.RESPONSE, key.getBytes(UTF_8), "{}".getBytes(UTF_8), headers, true),
        SENT);
  }
}
