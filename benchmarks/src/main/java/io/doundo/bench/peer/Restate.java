package io.doundo.bench.peer;

import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Restate: its server, and two Node programs on its SDK, of which one runs the saga and the other
 * serves the steps, so that each step is a call through the server to another process.
 */
final class Restate implements Peer {

  private static final String SERVER = "1.7.12";
  private static final String SDK = "1.17.2";
  private static final String PACKAGES = "restate/package.json";
  private static final String PROGRAM = "restate/saga.mjs";
  private static final String REMEDY =
      "Restate's server and its SDK come from the npm registry; install Node.js 20 or newer, with"
          + " npm (Debian: apt install nodejs npm; macOS: brew install node).";

  @Override
  public String name() {
    return "restate";
  }

  @Override
  public PeerPromises promises() {
    return new PeerPromises(
        "Each call of a step and its answer are in the server's log, with fsync, before the saga"
            + " goes on. A call in the log is repeated until it is answered, and the saga resumes"
            + " from its journal.",
        "A step runs at least once: if its process dies before it has answered, it runs again, and"
            + " nothing keeps its first run from still having an effect. The undos are code of the"
            + " saga.");
  }

  @Override
  public void start(PeerRun run)
      throws IOException, InterruptedException, PeerUnavailableException {
    String node = run.searchPath().require("node", REMEDY).toString();
    String npm = run.searchPath().require("npm", REMEDY).toString();
    Path installation =
        run.install(
            "restate-" + SERVER + "-" + SDK,
            PACKAGES,
            List.of(npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"),
            Map.of());
    String program = PeerRun.copy(PROGRAM, installation).toString();
    List<Integer> ports = Ports.free(5);
    String ingress = "127.0.0.1:" + ports.get(0);
    String admin = "127.0.0.1:" + ports.get(1);
    Child server =
        run.program(
            "server",
            List.of(server(installation).toString()),
            Map.of(
                "RESTATE_BASE_DIR",
                run.store().toString(),
                "RESTATE_LISTEN_MODE",
                "tcp",
                "RESTATE_BIND_IP",
                "127.0.0.1",
                "RESTATE_BIND_PORT",
                ports.get(2).toString(),
                "RESTATE_ADVERTISED_ADDRESS",
                "http://127.0.0.1:" + ports.get(2),
                "RESTATE_INGRESS__BIND_ADDRESS",
                ingress,
                "RESTATE_ADMIN__BIND_ADDRESS",
                admin,
                "RESTATE_LOG_FILTER",
                "warn",
                "RESTATE_DISABLE_TELEMETRY",
                "true",
                "NO_PROXY",
                "127.0.0.1"));
    List<Child> services = new ArrayList<>();
    for (String service : List.of("saga", "steps")) {
      services.add(
          run.program(
              service,
              List.of(node, program, service, ports.get(3 + services.size()).toString()),
              Map.of("NODE_ENV", "production", "RESTATE_LOGGING", "ERROR")));
    }
    run.awaitAnswer(server, URI.create("http://" + admin + "/health"));
    run.awaitAnswer(server, URI.create("http://" + ingress + "/restate/health"));
    for (int i = 0; i < services.size(); i++) {
      int port = ports.get(3 + i);
      PeerRun.awaitPort(services.get(i), port);
      run.post(
          URI.create("http://" + admin + "/deployments"),
          "{\"uri\":\"http://127.0.0.1:%d\"}".formatted(port));
    }
    run.tell("server", SERVER);
    run.tell("SDK", SDK + " for TypeScript");
    run.tell("settings", "one node; otherwise as they come: fsync of each batch of its log");
    run.tell("processes", "server; Node for the saga; Node for its steps");
    run.accepts(server, URI.create("http://" + ingress + "/Saga/"));
  }

  /** The binary itself, which the package for this system contains. */
  private static Path server(Path installation) throws IOException, PeerUnavailableException {
    try (Stream<Path> packages = Files.list(installation.resolve("node_modules/@restatedev"))) {
      return packages
          .map(directory -> directory.resolve("bin/restate-server"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(
              () ->
                  new PeerUnavailableException(
                      "Restate %s has no server for this system: none is in %s."
                          .formatted(SERVER, installation)));
    }
  }
}
