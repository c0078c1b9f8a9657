package io.doundo.bench.peer;

import io.doundo.bench.process.ProcessStarter;
import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.Ports;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * DBOS: a library that keeps the steps of a workflow in Postgres. Its steps run in the process that
 * was called, so there are no remote steps here.
 */
final class Dbos implements Peer {

  private static final String VERSION = "1.1.0-m6";
  private static final String HEAP = "1g";

  @Override
  public String name() {
    return "dbos";
  }

  @Override
  public PeerPromises promises() {
    return new PeerPromises(
        "The result of each step is committed in Postgres, with fsync, before the next one begins;"
            + " after a crash the workflow resumes behind the last step that was committed.",
        "Steps run in the process of the workflow; a call to another process is the step's own"
            + " affair. A step whose process dies before the commit runs again. The undos are code"
            + " of the workflow.");
  }

  @Override
  public void start(PeerRun run)
      throws IOException, InterruptedException, PeerUnavailableException {
    String java = System.getProperty("java.home");
    Path installation =
        run.install(
            "dbos-" + VERSION,
            "dbos/pom.xml",
            List.of(maven(run.searchPath()), "-B", "-ntp", "dependency:copy-dependencies"),
            Map.of("JAVA_HOME", java));
    List<Integer> ports = Ports.free(2);
    List<String> command = new ArrayList<>();
    command.add(Path.of(java, "bin", "java").toString());
    command.addAll(
        ProcessStarter.jvm(
            HEAP,
            // The JDK's server must neither delay answers nor end connections that rest a while.
            "-Dsun.net.httpserver.nodelay=true",
            "-Dsun.net.httpserver.maxIdleConnections=100000",
            "-Dsun.net.httpserver.idleInterval=3600",
            "-cp"));
    command.add(installation.resolve("lib") + "/*");
    command.add(PeerRun.copy("dbos/DbosSaga.java", installation).toString());
    command.add(run.store().toString());
    ports.forEach(port -> command.add(port.toString()));
    Child program = run.program("workflows", command, Map.of());
    URI address = URI.create("http://127.0.0.1:" + ports.get(1) + "/");
    JsonNode facts = Json.MAPPER.readTree(run.awaitAnswer(program, address.resolve("facts")));
    run.daemon("postgres", facts.path("postmaster").asLong());
    run.tell("library", VERSION + " for Java");
    run.tell("Postgres", facts.path("postgres").asString(""));
    run.tell(
        "settings",
        "fsync %s, synchronous_commit %s, full_page_writes %s; otherwise as they come"
            .formatted(
                facts.path("fsync").asString(""),
                facts.path("synchronous_commit").asString(""),
                facts.path("full_page_writes").asString("")));
    run.tell(
        "processes", "a JVM with %s of heap that has workflow and steps; Postgres".formatted(HEAP));
    run.accepts(program, address);
  }

  private static String maven(SearchPath searchPath) throws PeerUnavailableException {
    Path wrapper = Path.of(System.getProperty("doundo.home", "."), "mvnw").toAbsolutePath();
    Optional<Path> maven =
        searchPath.find("mvn").or(() -> Optional.of(wrapper).filter(Files::isExecutable));
    return maven
        .orElseThrow(
            () ->
                new PeerUnavailableException(
                    "DBOS and Postgres come from the Maven registry, and neither mvn is in PATH nor"
                        + " is there %s. Install Maven (Debian: apt install maven)."
                            .formatted(wrapper)))
        .toString();
  }
}
