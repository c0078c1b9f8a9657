package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlowCursorTest {

  @Test
  void aCursorSurvivesTheUrl() {
    FlowCursor cursor = new FlowCursor(1_700_000_000_123L, "order:7/ä");
    assertThat(cursor.encode()).matches("[A-Za-z0-9_-]+");
    assertThat(FlowCursor.decode(cursor.encode())).contains(cursor);
  }

  @Test
  void anythingElseIsNoCursor() {
    assertThat(FlowCursor.decode("!")).isEmpty();
    assertThat(FlowCursor.decode("abcd")).isEmpty();
    assertThat(FlowCursor.decode("")).isEmpty();
  }
}
