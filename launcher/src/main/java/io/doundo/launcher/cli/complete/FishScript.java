package io.doundo.launcher.cli.complete;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The script by which fish completes the same as bash does with {@link CompletionScript}. Used
 * once.
 */
public final class FishScript {

  private static final String FUNCTIONS =
      """
      # Completes doundo in fish.
      function __doundo_words
          for word in (commandline -opc)[2..-1]
              string match -q -- '-*' $word; or echo $word
          end
      end

      function __doundo_at_root
          test (count (__doundo_words)) -eq 0
      end

      # Whether the words before the cursor begin with these, and do not go on with one of the others.
      function __doundo_in --argument-names path others
          set -l words (__doundo_words)
          set -l n (count (string split ' ' -- $path))
          test (count $words) -ge $n; and test "$words[1..$n]" = "$path"; or return 1
          test -z "$others"; or not contains -- "$words[$(math $n + 1)]" (string split ' ' -- $others)
      end

      # Values that were shown last, and those that the service has.
      function __doundo_values --argument-names kind
          set -l directory $HOME/.cache/doundo
          test -n "$XDG_CACHE_HOME"; and set directory $XDG_CACHE_HOME/doundo
          if test -z "$(find $directory/refreshed -newermt '-60 seconds' 2>/dev/null)"
              mkdir -p $directory 2>/dev/null; and touch $directory/refreshed 2>/dev/null
              set -l words (commandline -opc)
              command $words[1] __complete </dev/null >/dev/null 2>&1 &
              disown 2>/dev/null
          end
          test -r $directory/$kind; and cat $directory/$kind
      end

      complete -c doundo -f
      """;

  private static final int LONGEST_DESCRIPTION = 90;

  /** What picocli writes itself, and its own mark-up. */
  private static final Pattern MARKUP = Pattern.compile("\\$\\{[^}]*}|@\\|\\w+ |\\|@|%n");

  private final StringBuilder script = new StringBuilder(FUNCTIONS);

  private FishScript() {}

  public static String of(CommandLine commands) {
    FishScript fish = new FishScript();
    fish.add(commands, "");
    return fish.script.toString();
  }

  /**
   * @param path the words that lead to this command; empty for the first one
   */
  private void add(CommandLine command, String path) {
    Map<String, CommandLine> below = new TreeMap<>(command.getSubcommands());
    below.values().removeIf(one -> one.getCommandSpec().usageMessage().hidden());
    String names = String.join(" ", below.keySet());
    String here =
        path.isEmpty()
            ? "__doundo_at_root"
            : "__doundo_in %s %s".formatted(quoted(path), quoted(names));
    below.forEach(
        (name, one) ->
            complete(
                here,
                "-a " + quoted(name),
                first(one.getCommandSpec().usageMessage().description())));
    if (!path.isEmpty()) {
      command.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .forEach(option -> complete(here, switches(option), first(option.description())));
      String kind = CompletionScript.argumentKind(path);
      if (kind != null) {
        complete(here, values(kind), "");
      }
    }
    below.forEach((name, one) -> add(one, path.isEmpty() ? name : path + ' ' + name));
  }

  private void complete(String condition, String what, String description) {
    script.append("complete -c doundo -n ").append(quoted(condition)).append(' ').append(what);
    if (!description.isEmpty()) {
      script.append(" -d ").append(quoted(description));
    }
    script.append('\n');
  }

  /** The names of an option, and the values that it may have. */
  private static String switches(OptionSpec option) {
    List<String> words = new ArrayList<>();
    for (String name : option.names()) {
      words.add(
          name.startsWith("--")
              ? "-l " + quoted(name.substring(2))
              : "-s " + quoted(name.substring(1)));
    }
    if (option.arity().max() > 0) {
      words.add(option.arity().min() > 0 ? valuesOf(option) : "-f");
    }
    return String.join(" ", words);
  }

  private static String valuesOf(OptionSpec option) {
    String kind = CompletionScript.optionKind(option.longestName());
    if (kind != null) {
      return "-x " + values(kind);
    }
    if (option.completionCandidates() != null) {
      List<String> candidates = new ArrayList<>();
      option.completionCandidates().forEach(candidates::add);
      return "-x -a " + quoted(candidates.stream().collect(Collectors.joining(" ")));
    }
    return option.type() == Path.class ? "-r -F" : "-x";
  }

  private static String values(String kind) {
    return "-a " + quoted("(__doundo_values " + kind + ')');
  }

  /** The first sentence, as far as it fits. */
  private static String first(String @Nullable [] description) {
    if (description == null || description.length == 0) {
      return "";
    }
    String text = MARKUP.matcher(description[0]).replaceAll("").replace("%%", "%").strip();
    int end = text.indexOf(". ");
    String sentence = end < 0 ? text : text.substring(0, end);
    return sentence.length() <= LONGEST_DESCRIPTION
        ? sentence
        : sentence.substring(0, LONGEST_DESCRIPTION - 1) + '…';
  }

  private static String quoted(String word) {
    return '\'' + word.replace("\\", "\\\\").replace("'", "\\'") + '\'';
  }
}
