package io.doundo.launcher.dev;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.Shell;
import io.doundo.launcher.process.Readiness;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code doundo dev status}. */
@Command(
    name = "status",
    description = "Show the processes of a running doundo dev.",
    mixinStandardHelpOptions = true)
final class DevStatus implements Callable<Integer> {

  @ParentCommand private DevCommand dev;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path data = dev.dataDirectory();
    PrintWriter out = spec.commandLine().getOut();
    Optional<LockHolder> lockHolder = DataLock.lockHolder(data);
    Optional<DevPlan> plan = lockHolder.flatMap(found -> found.plan(data));
    if (plan.isEmpty()) {
      if (DataLock.isHeld(data)) {
        out.printf("DoUndo is starting in %s.%n", data);
      } else {
        out.printf("DoUndo is not running in %s. Start it with: %s dev%n", data, Shell.command());
      }
      return ExitCodes.UNREACHABLE;
    }
    boolean ready = new Readiness(plan.get().httpPort()).getAsBoolean();
    out.printf("DoUndo is running in %s and is %s.%n", data, ready ? "ready" : "not ready");
    boolean complete = true;
    for (LockHolder.Member member : lockHolder.get().members()) {
      boolean runs = member.running().isPresent();
      complete &= runs;
      out.println(
          "  %-13s process %-8d %s"
              .formatted(
                  member.name(), member.pid(), runs ? place(member, plan.get()) : "has ended")
              .stripTrailing());
    }
    out.printf("Logs in %s%n", plan.get().logs());
    return ready && complete ? ExitCodes.OK : ExitCodes.UNREACHABLE;
  }

  private static String place(LockHolder.Member member, DevPlan plan) {
    return switch (member.name()) {
      case "broker" -> plan.bootstrapServers();
      case "redis" -> plan.redis();
      case "orchestrator" -> plan.url();
      default -> "";
    };
  }
}
