package io.doundo.orchestrator.query.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlowCursorTest {

  @ParameterizedTest
  @EnumSource
  void aCursorSurvivesTheUrl(FlowOrder order) {
    FlowCursor cursor = new FlowCursor(order, -1_700_000_000_123L, "order:7/ä");
    assertThat(cursor.encode()).matches("[A-Za-z0-9_-]+");
    assertThat(FlowCursor.decode(cursor.encode())).contains(cursor);
  }

  @Test
  void aCursorOfAnEarlierReleaseIsOneOfTheUsualOrder() {
    String earlier =
        Base64.getUrlEncoder().withoutPadding().encodeToString("1700:a@b:c".getBytes(UTF_8));
    assertThat(FlowCursor.decode(earlier))
        .contains(new FlowCursor(FlowOrder.NEWEST_START_FIRST, -1_700, "a@b:c"));
  }

  @Test
  void anythingElseIsNoCursor() {
    assertThat(FlowCursor.decode("!")).isEmpty();
    assertThat(FlowCursor.decode("abcd")).isEmpty();
    assertThat(FlowCursor.decode("")).isEmpty();
  }
}
