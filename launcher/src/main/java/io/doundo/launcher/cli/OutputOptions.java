package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.profile.Profile;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * The output of a command: text for people, or a form for scripts. JSON is one document a line.
 * Commands that list things know all forms, the others text and JSON.
 */
public final class OutputOptions {

  /** The option that names a context; its output format is the default. */
  public static final String CONTEXT = "--context";

  /** The forms of output. */
  public enum Format {
    TABLE,
    /** A table with more columns. */
    WIDE,
    JSON,
    /** One JSON document for each entry. */
    JSONL,
    CSV,
    /** Only what names each entry. */
    NAME;

    public boolean isJson() {
      return this == JSON || this == JSONL;
    }

    /** Whether it is one line for each entry of a list. */
    public boolean isForListsOnly() {
      return this == CSV || this == NAME;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Format of(String text) {
      // The earlier name of the table.
      if (text.equalsIgnoreCase("text")) {
        return TABLE;
      }
      return Arrays.stream(values())
          .filter(format -> format.name().equalsIgnoreCase(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "must be one of %s, but is \"%s\"".formatted(words(), text)));
    }

    private static String words() {
      return Stream.of(values()).map(Format::toString).collect(Collectors.joining(", "));
    }
  }

  /** Reads the name of a form. */
  public static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return Format.of(text);
    }
  }

  /** The names of the forms, for help and completion. */
  public static final class FormatNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Format.values()).map(Format::toString).iterator();
    }
  }

  @Spec(Target.MIXEE)
  private CommandSpec command;

  private final boolean lists;
  private @Nullable Format format;
  private final Terminal terminal = Terminal.ofThisProcess();

  /** For a command that shows a single thing. */
  public OutputOptions() {
    this(false);
  }

  private OutputOptions(boolean lists) {
    this.lists = lists;
  }

  /** For a command that lists things. */
  public static OutputOptions ofList() {
    return new OutputOptions(true);
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      completionCandidates = FormatNames.class,
      description = "${COMPLETION-CANDIDATES} (default: that of the context, else table).")
  void useFormat(@Nullable Format wanted) {
    if (wanted != null && wanted.isForListsOnly() && !lists) {
      throw new ParameterException(
          command.commandLine(),
          "--output %s is for lists, and this command shows a single thing: use --output json"
              .formatted(wanted));
    }
    format = wanted;
  }

  @Option(
      names = "--utc",
      description = "Show times in UTC, not in the time zone of this machine.",
      defaultValue = "false")
  void useUtc(boolean utc) {
    TimeText.showUtc(utc);
  }

  /** The form of a list. */
  public Format format() {
    Format chosen = format;
    if (chosen == null) {
      chosen = ofContext();
      format = chosen;
    }
    return chosen;
  }

  private Format ofContext() {
    OptionSpec option = command.findOption(CONTEXT);
    if (option == null) {
      return Format.TABLE;
    }
    Profile profile = ServiceOptions.profile(option.getValue());
    String output = profile == null ? null : profile.output();
    try {
      Format usual = output == null ? Format.TABLE : Format.of(output);
      return usual.isForListsOnly() && !lists ? Format.TABLE : usual;
    } catch (TypeConversionException e) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "The output of the context \"%s\" %s."
              .formatted(profile == null ? "" : profile.name(), e.getMessage()),
          null,
          e);
    }
  }

  /** Whether a command that shows a single thing shows it as JSON. */
  public boolean isJson() {
    return format().isJson();
  }

  public Terminal terminal() {
    return terminal;
  }

  public void line(String text) {
    out().println(text);
  }

  public void lines(Iterable<String> lines) {
    lines.forEach(out()::println);
  }

  /** Beside the result: on standard error, so that scripts need not filter it out. */
  public void note(String text) {
    err().println(text);
  }

  /** Where questions are asked, so that a redirected result holds the result only. */
  public PrintWriter err() {
    return command.commandLine().getErr();
  }

  public void json(JsonNode json) {
    out().println(ServiceJson.MAPPER.writeValueAsString(json));
  }

  private PrintWriter out() {
    return command.commandLine().getOut();
  }
}
