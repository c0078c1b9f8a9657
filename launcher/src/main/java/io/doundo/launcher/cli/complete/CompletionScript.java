package io.doundo.launcher.cli.complete;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * The script by which a shell completes commands, options and their words, and behind them the
 * values that were shown last. It starts no JVM; once a minute it lets one refresh the values in
 * the background.
 */
public final class CompletionScript {

  /** The commands whose argument is a flow. */
  private static final Set<String> FLOWS =
      Set.of(
          "show", "why", "plan", "watch", "wait", "compare", "open", "replay", "undo", "cancel",
          "retry", "skip", "resolve", "pause", "resume", "abandon", "signal");

  /** Those whose argument is an orchestration. */
  private static final Set<String> ORCHESTRATIONS = Set.of("definitions", "start");

  /** The commands whose subcommands have an argument of a kind: its name, and the kind. */
  private static final Map<String, String> GROUPS =
      Map.of(
          "task", "flows",
          "jobs", "jobs",
          "schedules", "schedules",
          "breakers", "breakers",
          "notifications", "notifications");

  private static final String LIVE =
      """

      # Values that were shown last, and those that the service has.
      _doundo_values() {
        local directory="${XDG_CACHE_HOME:-$HOME/.cache}/doundo"
        if [ -z "$(find "$directory/refreshed" -newermt '-60 seconds' 2>/dev/null)" ]; then
          mkdir -p "$directory" 2>/dev/null && touch "$directory/refreshed" 2>/dev/null
          ("${COMP_WORDS[0]}" __complete </dev/null >/dev/null 2>&1 &)
        fi
        [ -r "$directory/$1" ] && cat "$directory/$1"
      }

      _doundo_live() {
        local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" kind=""
        case "$before" in
          OPTION_KINDS
          -*) ;;
          *)
            case "${COMP_WORDS[1]}" in
              FLOW_COMMANDS) kind=flows ;;
              ORCHESTRATION_COMMANDS) kind=orchestrations ;;
              incidents) kind=fingerprints ;;
            esac
            if [ "$COMP_CWORD" -gt 2 ]; then
              case "${COMP_WORDS[1]}" in
                GROUP_KINDS
              esac
            fi
            ;;
        esac
        if [ "$COMP_CWORD" -gt 1 ] && [ -n "$kind" ] && [ "${current#-}" = "$current" ]; then
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(_doundo_values "$kind")" -- "$current"))
          [ ${#COMPREPLY[@]} -eq 0 ] || return 0
        fi
        _complete_doundo
      }
      complete -o default -F _doundo_live doundo ./doundo
      """;

  /** The options whose values are live ones. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "--step", "steps",
          "--verb-step", "steps",
          "--orchestration", "orchestrations",
          "--fingerprint", "fingerprints",
          "--context", "contexts");

  private CompletionScript() {}

  /** Of which kind the values of an option are; null when they are not live ones. */
  static @Nullable String optionKind(String option) {
    return OPTIONS.get(option);
  }

  /**
   * Of which kind the argument of a command is.
   *
   * @param path the words of the command
   * @return null when it is not a live value
   */
  static @Nullable String argumentKind(String path) {
    String command = path.substring(0, (path + ' ').indexOf(' '));
    if (FLOWS.contains(command)) {
      return "flows";
    }
    if (ORCHESTRATIONS.contains(command)) {
      return "orchestrations";
    }
    if (GROUPS.containsKey(command)) {
      // The next word after the command itself is one of its own.
      return path.equals(command) ? null : GROUPS.get(command);
    }
    return command.equals("incidents") ? "fingerprints" : null;
  }

  /** The script for bash; zsh runs it through its emulation, which the script switches on. */
  public static String of(CommandLine commands) {
    return AutoComplete.bash("doundo", commands)
        + LIVE.replace("ORCHESTRATION_COMMANDS", alternatives(ORCHESTRATIONS))
            .replace("FLOW_COMMANDS", alternatives(FLOWS))
            .replace("OPTION_KINDS", kinds(OPTIONS, "\n    "))
            .replace("GROUP_KINDS", kinds(GROUPS, "\n          "));
  }

  private static String kinds(Map<String, String> kinds, String separator) {
    return new TreeMap<>(kinds)
        .entrySet().stream()
            .map(kind -> "%s) kind=%s ;;".formatted(kind.getKey(), kind.getValue()))
            .collect(Collectors.joining(separator));
  }

  private static String alternatives(Set<String> names) {
    return List.copyOf(names).stream().sorted().collect(Collectors.joining(" | "));
  }
}
