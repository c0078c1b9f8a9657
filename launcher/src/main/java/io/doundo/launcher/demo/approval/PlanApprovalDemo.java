package io.doundo.launcher.demo.approval;

import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.demo.DemoCommand;
import io.doundo.launcher.demo.DemoEnvironment;
import io.doundo.launcher.demo.InstallationProbe;
import io.doundo.launcher.demo.Screen;
import io.doundo.launcher.dev.DevCommand;
import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.process.Ports;
import io.doundo.launcher.text.Terminal;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code doundo demo plan-approval}. */
@Command(
    name = "plan-approval",
    description =
        "Run the plan approval example: six journeys through Postgres, a FHIR store and DoUndo, each verified in all"
            + " three. Starts the processes it needs and stops them again.",
    mixinStandardHelpOptions = true)
public final class PlanApprovalDemo implements Callable<Integer> {

  /** The consumer group of the example's workers, which is the name of their service. */
  private static final String GROUP = "plan-workers";

  @ParentCommand private DemoCommand demo;

  @Option(
      names = "--page-port",
      paramLabel = "PORT",
      description =
          "Port of the example's API and of its page for reviewers (default: ${DEFAULT-VALUE}).",
      defaultValue = "3000")
  private int pagePort;

  @Option(
      names = "--keep",
      description =
          "Afterwards keep everything running until Ctrl-C, with open tasks for you on the page.")
  private boolean keep;

  @Override
  public Integer call() throws Exception {
    Optional<DevPlan> running = demo.running();
    // With a secret of its own it would forget, when restarted, what it has answered.
    DevPlan plan = demo.plan(running, List.of("--doundo.api.secret=" + secret()));
    Screen screen = new Screen(DevCommand.out(), Terminal.ofThisProcess());
    screen.line("DoUndo demo: plan approval, data in " + plan.data());
    InstallationProbe probe = new InstallationProbe(plan, GROUP);
    DemoEnvironment environment = new DemoEnvironment(plan, running.isPresent(), probe, screen);
    List<Integer> free = Ports.free(3);
    PlanPorts ports = new PlanPorts(free.get(0), free.get(1), free.get(2), pagePort);
    String key = secret();
    PlanProcesses processes =
        new PlanProcesses(
            Path.of(System.getProperty("doundo.home", ".")), plan, ports, key, environment);
    PlanApprovalRun run =
        new PlanApprovalRun(
            environment,
            processes,
            new PlanApi(ports.api(), key),
            new StoredPlans(ports, new ServiceClient(URI.create(plan.url()), null)),
            screen);
    return run.run(DemoCommand.name(), probe, keep);
  }

  private static String secret() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }
}
