package io.doundo.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.chaos.ChaosCommand;
import io.doundo.launcher.cli.DeadLettersCommand;
import io.doundo.launcher.cli.DefinitionsCommand;
import io.doundo.launcher.cli.Failures;
import io.doundo.launcher.cli.FlowsCommand;
import io.doundo.launcher.cli.Questions;
import io.doundo.launcher.cli.RegisterCommand;
import io.doundo.launcher.cli.ReplayCommand;
import io.doundo.launcher.cli.ShowCommand;
import io.doundo.launcher.cli.StartCommand;
import io.doundo.launcher.cli.ValidateCommand;
import io.doundo.launcher.cli.VerbCommand;
import io.doundo.launcher.cli.WatchCommand;
import io.doundo.launcher.demo.DemoCommand;
import io.doundo.launcher.dev.DevCommand;
import io.doundo.launcher.kafka.KafkaTools;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Entry point of the {@code doundo} command. */
@Command(
    name = "doundo",
    description = "The saga orchestrator that needs nothing but Kafka.",
    mixinStandardHelpOptions = true,
    version = "doundo 0.1.0-SNAPSHOT",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DevCommand.class,
      DemoCommand.class,
      RegisterCommand.class,
      ValidateCommand.class,
      DefinitionsCommand.class,
      StartCommand.class,
      ReplayCommand.class,
      ChaosCommand.class,
      FlowsCommand.class,
      ShowCommand.class,
      WatchCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused, or problems were found",
      "2:the command was not understood",
      "3:the service cannot be reached, or is not ready",
      "4:there is no such flow or orchestration",
      "5:the wait is over and the outcome is not known yet",
      "6:the flow that was waited for did not complete",
      "70:the command itself failed; a defect"
    })
public final class Doundo implements Callable<Integer> {

  @Spec private CommandSpec spec;

  private Doundo() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    if (arguments.length > 0 && arguments[0].equals("kafka")) {
      // Not through the parser: what follows belongs to Kafka's own tools, letter by letter.
      return KafkaTools.run(List.of(arguments).subList(1, arguments.length));
    }
    try {
      return execute(arguments);
    } catch (StackOverflowError | OutOfMemoryError e) {
      System.err.println(Failures.unforeseen(e).getMessage());
      return ExitCodes.DEFECT;
    }
  }

  private static int execute(String... arguments) {
    return commandLine(Questions.ofThisProcess())
        .setOut(new PrintWriter(new FileOutputStream(FileDescriptor.out), true, UTF_8))
        .setErr(new PrintWriter(new FileOutputStream(FileDescriptor.err), true, UTF_8))
        .execute(arguments);
  }

  /**
   * All commands.
   *
   * @param questions for those that ask before they do what cannot be taken back
   */
  public static CommandLine commandLine(Questions questions) {
    CommandLine commands = new CommandLine(new Doundo());
    VerbCommand.addTo(commands, questions);
    return commands
        .addSubcommand(new DeadLettersCommand())
        .addSubcommand(new Bench())
        .addSubcommand(new Kafka())
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(new Failures());
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCodes.USAGE;
  }

  /** Stands in the list of commands; the script runs the benchmarks' module in its place. */
  @Command(
      name = "bench",
      description =
          "Measure the limit of this machine and what the product reaches of it, in one run.")
  static final class Bench implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      spec.commandLine().getErr().println("bench is run by the doundo script.");
      return ExitCodes.USAGE;
    }
  }

  /** Stands in the list of commands; {@link #run} has dealt with it before it gets here. */
  @Command(
      name = "kafka",
      description = "Run one of Kafka's own tools: console-producer, console-consumer, topics, …")
  static final class Kafka implements Callable<Integer> {

    @Parameters(paramLabel = "TOOL [ARGUMENT…]", arity = "0..*")
    private String[] arguments = {};

    @Override
    public Integer call() {
      return KafkaTools.run(Arrays.asList(arguments));
    }
  }
}
