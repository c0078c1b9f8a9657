package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

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

  @Option(
      names = {"-w", "--watch"},
      paramLabel = "TIME",
      arity = "0..1",
      parameterConsumer = IntervalConsumer.class,
      description =
          "Refresh every few seconds (without a value: 2s) until Ctrl-C. On a terminal the list is"
              + " redrawn; elsewhere only the changes are printed.")
  private @Nullable Duration watch;

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
    if (watch != null) {
      watch(client, path, query, listing, output, watch);
      return;
    }
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

  private void watch(
      ServiceClient client,
      String path,
      Map<String, String> query,
      Listing listing,
      OutputOptions output,
      Duration interval) {
    if (all) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--watch and --all exclude each other: watch one page, with --limit.");
    }
    Map<String, JsonNode> known = new HashMap<>();
    boolean isFirst = true;
    while (true) {
      JsonNode page = page(client, path, query, cursor);
      if (output.terminal().isInteractive()) {
        output.line(Terminal.CLEAR_SCREEN);
        listing.print(page, output, true);
      } else {
        JsonNode changed = changed(page, listing, known);
        if (isFirst || !listing.rows(changed).isEmpty()) {
          listing.print(changed, output, isFirst);
        }
      }
      isFirst = false;
      try {
        TimeUnit.MILLISECONDS.sleep(interval.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** The page with only those rows that were not there before, or were different. */
  private static JsonNode changed(JsonNode page, Listing listing, Map<String, JsonNode> known) {
    JsonNode changed = page.deepCopy();
    if (listing.rows(changed) instanceof ArrayNode rows) {
      rows.removeAll();
      for (JsonNode row : listing.rows(page)) {
        if (!row.equals(known.put(listing.nameOf(row), row))) {
          rows.add(row);
        }
      }
    }
    return changed;
  }

  /** Takes the next argument only when it is a time, so that {@code --watch NAME} is understood. */
  public static final class IntervalConsumer implements IParameterConsumer {

    private static final Duration WITHOUT_A_TIME = Duration.ofSeconds(2);

    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
      Duration given = arguments.isEmpty() ? null : Durations.parse(arguments.peek());
      if (given != null) {
        arguments.pop();
      }
      argument.setValue(given == null || given.isZero() ? WITHOUT_A_TIME : given);
    }
  }
}
