package io.doundo.launcher.cli;

import io.doundo.launcher.text.Terminal;
import java.util.Map;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which page of a list is shown. */
public final class PageOptions {

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description = "Maximum number of entries (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Continue where an earlier list ended.",
      defaultValue = "")
  private String cursor = "";

  /**
   * @param usualLimit the entries on a page when nothing else is asked for
   */
  PageOptions(int usualLimit) {
    this.limit = usualLimit;
  }

  void addTo(Map<String, String> query) {
    query.put("limit", Integer.toString(limit));
    query.put("cursor", cursor);
  }

  /** Says how to see the next page, if there is one. */
  void noteNext(JsonNode page, OutputOptions output) {
    String next = page.path("nextCursor").asString("");
    if (!next.isEmpty()) {
      output.note("More entries: --cursor " + Terminal.clean(next));
    }
  }
}
