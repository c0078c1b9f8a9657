package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import io.doundo.orchestrator.definition.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Whether a list is printed once, or again and again. Used once, by one thread. */
public final class WatchOptions {

  @Option(
      names = {"-w", "--watch"},
      paramLabel = "TIME",
      arity = "0..1",
      parameterConsumer = IntervalConsumer.class,
      description =
          "Refresh every few seconds (without a value: 2s) until Ctrl-C. On a terminal the list is"
              + " redrawn; elsewhere only the changes are printed. A service that is away is waited"
              + " for.")
  private @Nullable Duration interval;

  private boolean isLost;
  private String lastNote = "";

  /** The rows of the page before, by their names. */
  private Map<String, JsonNode> known = new HashMap<>();

  boolean isWanted() {
    return interval != null;
  }

  /** Prints a list, and below it whether entries are missing. */
  public void print(Supplier<JsonNode> answer, Listing listing, OutputOptions output) {
    print(answer, listing, output, page -> PageOptions.noteWhatIsMissing(page, output));
  }

  /**
   * Prints a list.
   *
   * @param answer asks the service
   * @param below prints what belongs below the list
   */
  public void print(
      Supplier<JsonNode> answer, Listing listing, OutputOptions output, Consumer<JsonNode> below) {
    JsonNode first = answer.get();
    Duration every = interval;
    if (every == null) {
      listing.print(first, output, true);
      below.accept(first);
      return;
    }
    draw(first, listing, output, below, true);
    while (pause(every)) {
      JsonNode page = again(answer, output);
      if (page != null) {
        draw(page, listing, output, below, false);
      }
    }
  }

  private void draw(
      JsonNode page,
      Listing listing,
      OutputOptions output,
      Consumer<JsonNode> below,
      boolean isFirst) {
    if (output.terminal().isInteractive()) {
      output.line(Terminal.CLEAR_SCREEN);
      listing.print(page, output, true);
      below.accept(page);
      return;
    }
    JsonNode changed = changed(page, listing);
    boolean hasChanged = isFirst || !listing.rows(changed).isEmpty();
    if (hasChanged) {
      listing.print(changed, output, isFirst);
    }
    String note = page.path("note").asString("") + page.path("complete").asBoolean(true);
    if (hasChanged || !note.equals(lastNote)) {
      below.accept(page);
    }
    lastNote = note;
  }

  /** The list, or null while the service is away: what is shown is then as old as it says. */
  private @Nullable JsonNode again(Supplier<JsonNode> answer, OutputOptions output) {
    try {
      JsonNode page = answer.get();
      if (isLost) {
        isLost = false;
        output.note("The service answers again.");
      }
      return page;
    } catch (CommandFailure e) {
      if (e.exitCode() != ExitCodes.UNREACHABLE) {
        throw e;
      }
      // One that was told to stop is no sign that the service is away.
      if (!isLost && !Thread.currentThread().isInterrupted()) {
        isLost = true;
        output.note(
            "The service is unreachable or not ready since %s; waiting for it. The list is older than that."
                .formatted(TimeText.time(Instant.now())));
      }
      return null;
    }
  }

  private static boolean pause(Duration every) {
    try {
      TimeUnit.MILLISECONDS.sleep(every.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The page with only those rows that the page before did not have, or had otherwise. */
  private JsonNode changed(JsonNode page, Listing listing) {
    JsonNode changed = page.deepCopy();
    Map<String, JsonNode> shown = new HashMap<>();
    if (listing.rows(changed) instanceof ArrayNode rows) {
      rows.removeAll();
      for (JsonNode row : listing.rows(page)) {
        String name = listing.nameOf(row);
        shown.put(name, row);
        if (!row.equals(known.get(name))) {
          rows.add(row);
        }
      }
    }
    known = shown;
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
