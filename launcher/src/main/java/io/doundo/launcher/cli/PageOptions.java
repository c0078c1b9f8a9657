package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Which pages of a list are shown, and how often. */
public final class PageOptions {

  private static final int LARGEST = 500;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      description =
          "Maximum number of entries; with --all, of each page (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Continue where an earlier list ended.",
      defaultValue = "")
  private String cursor = "";

  @Option(
      names = "--all",
      description = "Print every page as soon as it arrives. With -o json, one page a line.")
  private boolean all;

  @Mixin private WatchOptions watch = new WatchOptions();

  private final int usualLimit;

  /**
   * @param usualLimit the entries on a page when nothing else is asked for
   */
  public PageOptions(int usualLimit) {
    this.limit = usualLimit;
    this.usualLimit = usualLimit;
  }

  /** Prints the pages that are asked for. */
  public void print(
      ServiceClient client,
      String path,
      Map<String, String> query,
      Listing listing,
      OutputOptions output) {
    print(client, path, () -> query, listing, output);
  }

  /**
   * Prints the pages that are asked for.
   *
   * @param filter asked anew each time the list is refreshed, because its times may be relative
   */
  public void print(
      ServiceClient client,
      String path,
      Supplier<Map<String, String>> filter,
      Listing listing,
      OutputOptions output) {
    if (watch.isWanted()) {
      if (all) {
        throw new CommandFailure(
            ExitCodes.USAGE, "--watch and --all exclude each other: watch one page, with --limit.");
      }
      watch.print(() -> page(client, path, filter.get(), cursor), listing, output);
      return;
    }
    Map<String, String> query = filter.get();
    String next = cursor;
    boolean isFirst = true;
    do {
      JsonNode page = page(client, path, query, next);
      listing.print(page, output, isFirst);
      noteWhatIsMissing(page, output);
      isFirst = false;
      next = page.path("nextCursor").asString("");
    } while (all && !next.isEmpty());
    if (!next.isEmpty()) {
      output.note("More entries: --cursor " + Terminal.clean(next) + " (or --all)");
    }
  }

  /** One page of a list. */
  public JsonNode page(ServiceClient client, String path, Map<String, String> query, String from) {
    Map<String, String> whole = new LinkedHashMap<>(query);
    int size = all && limit == usualLimit ? LARGEST : limit;
    whole.put("limit", Integer.toString(size));
    whole.put("cursor", from);
    return client.get(path + ServiceClient.query(whole));
  }

  public static void noteWhatIsMissing(JsonNode page, OutputOptions output) {
    String note = page.path("note").asString("");
    if (!note.isEmpty()) {
      output.note(Terminal.clean(note));
    } else if (!page.path("complete").asBoolean(true)) {
      output.note("The list is incomplete: not everything could be read in time. Try again.");
    }
  }
}
