package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.complete.CompletionScript;
import io.doundo.launcher.cli.complete.FishScript;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doundo completion}. */
@Command(
    name = "completion",
    description = {
      "Print the script with which a shell completes commands, options and values.",
      "bash: source <(doundo completion bash)   zsh: source <(doundo completion zsh)",
      "fish: doundo completion fish | source"
    },
    mixinStandardHelpOptions = true)
public final class CompletionCommand implements Callable<Integer> {

  /** The shells that have a script. */
  enum ShellName {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final String FOR_ZSH =
      "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n";

  private final Supplier<CommandLine> commands;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private ShellName shell = ShellName.BASH;

  /**
   * @param commands gives all commands
   */
  public CompletionCommand(Supplier<CommandLine> commands) {
    this.commands = commands;
  }

  @Override
  public Integer call() {
    CommandLine all = commands.get();
    String script =
        switch (shell) {
          case BASH -> CompletionScript.of(all);
          case ZSH -> FOR_ZSH + CompletionScript.of(all);
          case FISH -> FishScript.of(all);
        };
    spec.commandLine().getOut().println(script);
    return ExitCodes.OK;
  }
}
