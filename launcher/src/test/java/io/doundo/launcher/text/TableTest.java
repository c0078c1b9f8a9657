package io.doundo.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  private final Terminal plain = new Terminal(false);

  @Test
  void oneLongNameDoesNotWidenTheColumn() {
    String longId = "tenant-" + "x".repeat(200);
    Table table = new Table("FLOW", "STATUS", "NOTE");
    table.row("f-1", "PARKED", "why");
    table.row(longId, "UNDONE", "because " + "y".repeat(100));
    table.row("flow-3", "COMPLETED", "");

    assertThat(table.lines(plain, ""))
        .containsExactly(
            "FLOW    STATUS     NOTE",
            "f-1     PARKED     why",
            longId,
            "        UNDONE     because " + "y".repeat(100),
            "flow-3  COMPLETED");
  }
}
