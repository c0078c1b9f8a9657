package io.doundo.launcher;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.chaos.ChaosCommand;
import io.doundo.launcher.cli.ConfirmationPrompt;
import io.doundo.launcher.cli.FailureReport;
import io.doundo.launcher.cli.PlanCommand;
import io.doundo.launcher.cli.ShowCommand;
import io.doundo.launcher.cli.UsageReport;
import io.doundo.launcher.cli.VerbCommand;
import io.doundo.launcher.cli.WaitCommand;
import io.doundo.launcher.cli.WatchCommand;
import io.doundo.launcher.cli.WhyCommand;
import io.doundo.launcher.cli.breaker.BreakersCommand;
import io.doundo.launcher.cli.complete.CompletionCache;
import io.doundo.launcher.cli.deadletter.DeadLettersCommand;
import io.doundo.launcher.cli.definition.DefinitionsCommand;
import io.doundo.launcher.cli.definition.DiffCommand;
import io.doundo.launcher.cli.definition.ExplainCommand;
import io.doundo.launcher.cli.definition.RegisterCommand;
import io.doundo.launcher.cli.definition.ValidateCommand;
import io.doundo.launcher.cli.job.JobsCommand;
import io.doundo.launcher.cli.notify.NotificationsCommand;
import io.doundo.launcher.cli.overview.CompareCommand;
import io.doundo.launcher.cli.overview.FlowsCommand;
import io.doundo.launcher.cli.overview.IncidentsCommand;
import io.doundo.launcher.cli.overview.StatsCommand;
import io.doundo.launcher.cli.overview.WorkersCommand;
import io.doundo.launcher.cli.schedule.SchedulesCommand;
import io.doundo.launcher.cli.schedule.TriggersCommand;
import io.doundo.launcher.cli.start.ReplayCommand;
import io.doundo.launcher.cli.start.StartCommand;
import io.doundo.launcher.cli.task.SignalCommand;
import io.doundo.launcher.cli.task.TaskCommand;
import io.doundo.launcher.cli.task.TasksCommand;
import io.doundo.launcher.cli.tool.ApiCommand;
import io.doundo.launcher.cli.tool.CompleteCommand;
import io.doundo.launcher.cli.tool.CompletionCommand;
import io.doundo.launcher.cli.tool.ContextCommand;
import io.doundo.launcher.cli.tool.DoctorCommand;
import io.doundo.launcher.cli.tool.OpenCommand;
import io.doundo.launcher.cli.tool.WhoamiCommand;
import io.doundo.launcher.demo.DemoCommand;
import io.doundo.launcher.demo.approval.PlanApprovalDemo;
import io.doundo.launcher.dev.DevCommand;
import io.doundo.launcher.kafka.KafkaTools;
import io.doundo.protocol.ControlAction;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:the request was refused, or the documents have problems",
      "2:usage error",
      "3:the service is unreachable or not ready",
      "4:no such flow or orchestration",
      "5:timed out while waiting; the outcome is not known yet",
      "6:the flow ended or parked without completing",
      "70:internal error in the command"
    })
public final class Doundo implements Callable<Integer> {

  private static final Set<String> VERSION = Set.of("-V", "--version");

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
      System.err.println(FailureReport.unforeseen(e).getMessage());
      return ExitCodes.DEFECT;
    }
  }

  private static int execute(String... arguments) {
    int code =
        commandLine(ConfirmationPrompt.ofThisProcess(), arguments)
            .setOut(new PrintWriter(new FileOutputStream(FileDescriptor.out), true, UTF_8))
            .setErr(new PrintWriter(new FileOutputStream(FileDescriptor.err), true, UTF_8))
            .execute(arguments);
    CompletionCache.write();
    return code;
  }

  /**
   * All commands, or only the one that these arguments begin with: reading what each of them
   * declares takes longer than most take to run.
   *
   * @param questions asks for confirmation before verbs that cannot be taken back
   */
  public static CommandLine commandLine(ConfirmationPrompt questions, String... arguments) {
    Map<String, Supplier<?>> all = commands(questions);
    CommandLine commands = new CommandLine(new Doundo());
    if (arguments.length > 0 && (all.containsKey(arguments[0]) || VERSION.contains(arguments[0]))) {
      all.keySet().retainAll(Set.of(arguments[0]));
    }
    all.forEach((name, command) -> commands.addSubcommand(name, command.get()));
    return commands
        .setExpandAtFiles(false)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(new UsageReport())
        .setExecutionExceptionHandler(new FailureReport());
  }

  private static Map<String, Supplier<?>> commands(ConfirmationPrompt questions) {
    Map<String, Supplier<?>> commands = new LinkedHashMap<>();
    commands.put("dev", DevCommand::new);
    commands.put(
        "demo",
        () ->
            new CommandLine(new DemoCommand())
                .addSubcommand("plan-approval", new PlanApprovalDemo()));
    commands.put("register", RegisterCommand::new);
    commands.put("validate", ValidateCommand::new);
    commands.put("definitions", DefinitionsCommand::new);
    commands.put("start", StartCommand::new);
    commands.put("replay", ReplayCommand::new);
    commands.put("chaos", ChaosCommand::new);
    commands.put("diff", DiffCommand::new);
    commands.put("explain", ExplainCommand::new);
    commands.put("stats", StatsCommand::new);
    commands.put("incidents", IncidentsCommand::new);
    commands.put("flows", FlowsCommand::new);
    commands.put("show", ShowCommand::new);
    commands.put("why", WhyCommand::new);
    commands.put("plan", PlanCommand::new);
    commands.put("watch", WatchCommand::new);
    commands.put("wait", WaitCommand::new);
    commands.put("compare", CompareCommand::new);
    commands.put("open", OpenCommand::new);
    for (ControlAction verb : ControlAction.VERBS) {
      commands.put(VerbCommand.name(verb), () -> VerbCommand.of(verb, questions));
    }
    commands.put("signal", SignalCommand::new);
    commands.put("tasks", TasksCommand::new);
    commands.put("task", TaskCommand::new);
    commands.put("jobs", JobsCommand::new);
    commands.put("schedules", SchedulesCommand::new);
    commands.put("triggers", TriggersCommand::new);
    commands.put("breakers", BreakersCommand::new);
    commands.put("notifications", NotificationsCommand::new);
    commands.put("workers", WorkersCommand::new);
    commands.put("dead-letters", DeadLettersCommand::new);
    commands.put("api", ApiCommand::new);
    commands.put("whoami", WhoamiCommand::new);
    commands.put("context", ContextCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("completion", () -> new CompletionCommand(() -> commandLine(questions)));
    commands.put("__complete", CompleteCommand::new);
    commands.put("http-worker", HttpWorker::new);
    commands.put("bench", Bench::new);
    commands.put("kafka", KafkaCommand::new);
    return commands;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCodes.USAGE;
  }

  /** Stands in the list of commands; the script runs another class in its place. */
  abstract static class OfTheScript implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      spec.commandLine()
          .getErr()
          .printf("%1$s is available through the doundo script only: ./doundo %1$s%n", spec.name());
      return ExitCodes.USAGE;
    }
  }

  /** The module {@code benchmarks}. */
  @Command(
      name = "bench",
      description = "Measure this machine's limit and how close DoUndo comes to it, in one run.")
  static final class Bench extends OfTheScript {}

  /** The module {@code http-worker}. */
  @Command(
      name = "http-worker",
      description = "Carry out HTTP steps in a process of its own, until it is stopped.")
  static final class HttpWorker extends OfTheScript {}

  /** Stands in the list of commands; {@link #run} has dealt with it before it gets here. */
  @Command(
      name = "kafka",
      description = "Run one of Kafka's own tools: console-producer, console-consumer, topics, …")
  static final class KafkaCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TOOL [ARGUMENT…]", arity = "0..*")
    private String[] arguments = {};

    @Override
    public Integer call() {
      return KafkaTools.run(Arrays.asList(arguments));
    }
  }
}
