package io.doundo.bench.peer;

import io.doundo.bench.flow.Scenario;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.DiskUsage;
import io.doundo.bench.process.ProcessStarter;
import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A peer while it runs: its programs, its data, and where it accepts flows. Closing it ends what
 * still runs. Not thread-safe.
 */
public final class PeerRun implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
  private static final int SHOWN_LINES = 10;
  private static final String INSTALLED = ".installed";

  private final Path packages;
  private final Path directory;
  private final SearchPath searchPath;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_LIMIT)
          .build();
  private final Map<String, PeerProcess> programs = new LinkedHashMap<>();
  private final Map<String, ProcessHandle> daemons = new LinkedHashMap<>();
  private final List<Process> watchers = new ArrayList<>();
  private final Map<String, String> facts = new LinkedHashMap<>();
  private @Nullable URI address;

  /**
   * @param packages absolute; where packages are kept from run to run
   * @param directory absolute; of this peer in this run
   */
  public PeerRun(Path packages, Path directory, SearchPath searchPath) {
    this.packages = packages;
    this.directory = directory;
    this.searchPath = searchPath;
  }

  SearchPath searchPath() {
    return searchPath;
  }

  /** Where the peer keeps its data. */
  Path store() {
    return directory.resolve("store");
  }

  /** Says something about versions or settings that stands beside the figures. */
  void tell(String name, String value) {
    facts.put(name, value);
  }

  /** Versions and settings by their names. */
  public Map<String, String> facts() {
    return Collections.unmodifiableMap(facts);
  }

  /** Says where flows are accepted, and waits until the first ones are. */
  void accepts(Child program, URI flows) throws IOException, InterruptedException {
    address = flows;
    for (Scenario scenario : List.of(Scenario.SEQUENTIAL, Scenario.UNDO)) {
      byte[] payload = scenario.payloads().apply(0);
      awaitAnswer(program, PeerRequests.start(address(scenario), payload, ANSWER_LIMIT));
    }
  }

  /** Where a flow of a scenario is started by a POST of its payload. */
  public URI address(Scenario scenario) {
    return Objects.requireNonNull(address, "the peer was not started").resolve(scenario.toString());
  }

  /** Copies a resource of this package into a directory, under its own name. */
  static Path copy(String resource, Path directory) throws IOException {
    Files.createDirectories(directory);
    Path file = directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream content =
        Objects.requireNonNull(PeerRun.class.getResourceAsStream(resource), resource)) {
      Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  /**
   * Installs packages into a directory that is kept, unless an earlier run has done so.
   *
   * @param name tells versions apart
   * @param list the resource of this package that names the packages
   * @param command is run where its copy is
   * @throws PeerUnavailableException when the command fails
   */
  Path install(String name, String list, List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException, PeerUnavailableException {
    Path installation = packages.resolve(name);
    if (Files.exists(installation.resolve(INSTALLED))) {
      return installation;
    }
    copy(list, installation);
    Path log = directory.resolve("logs").resolve("install.log");
    PeerProcess installer = PeerProcess.start("install", command, environment, installation, log);
    try {
      installer.onExit().join();
    } finally {
      installer.kill();
    }
    if (!installer.ending().equals("ended with exit code 0")) {
      throw new PeerUnavailableException(
          "%s %s in %s; the end of its output:%n%s"
              .formatted(
                  String.join(" ", command),
                  installer.ending(),
                  installation,
                  String.join("\n", installer.tail())));
    }
    Files.createFile(installation.resolve(INSTALLED));
    return installation;
  }

  /** Starts a program; the role names its log and its share of the CPU time. */
  Child program(String role, List<String> command, Map<String, String> environment)
      throws IOException {
    PeerProcess program =
        PeerProcess.start(
            role,
            command,
            environment,
            directory.resolve(role),
            directory.resolve("logs").resolve(role + ".log"));
    programs.put(role, program);
    return program;
  }

  /** Adds a process that one of the programs has started and that is no child of it. */
  void daemon(String role, long pid) throws IOException {
    daemons.put(
        role,
        ProcessHandle.of(pid)
            .orElseThrow(() -> new IOException("there is no process " + pid + ": " + role)));
    watchers.add(PeerProcess.endWithThisJvm(pid));
  }

  /** Waits until a program answers with 200, and returns what. */
  String awaitAnswer(Child program, URI uri) throws IOException, InterruptedException {
    return awaitAnswer(program, HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).build());
  }

  private String awaitAnswer(Child program, HttpRequest request)
      throws IOException, InterruptedException {
    AtomicReference<@Nullable String> answer = new AtomicReference<>();
    try {
      ProcessStarter.await(
          program,
          () -> {
            answer.set(answer(request));
            return answer.get() != null;
          });
    } catch (IOException e) {
      throw new IOException(
          "%s; %s was not answered with 200; the ends of the logs:%n%s"
              .formatted(e.getMessage(), request.uri(), logEnds()),
          e);
    }
    return Objects.requireNonNull(answer.get());
  }

  private String logEnds() throws IOException {
    StringBuilder ends = new StringBuilder();
    for (PeerProcess program : programs.values()) {
      List<String> lines = program.tail();
      lines
          .subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size())
          .forEach(line -> ends.append(program.name()).append(": ").append(line).append('\n'));
    }
    return ends.toString();
  }

  /** Waits until a program listens on a port of the loopback interface. */
  static void awaitPort(Child program, int port) throws IOException, InterruptedException {
    ProcessStarter.await(program, () -> isAnswered(port));
  }

  private static boolean isAnswered(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private @Nullable String answer(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return response.statusCode() == 200 ? response.body() : null;
    } catch (IOException e) {
      // Not yet.
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Sends JSON and fails unless it is accepted. */
  void post(URI uri, String json) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(uri)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build(),
            BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "POST %s was answered with %d: %s"
              .formatted(uri, response.statusCode(), response.body()));
    }
  }

  /** The processes by their roles, each with its descendants, and this one. */
  public Map<String, List<ProcessHandle>> processes() {
    Map<String, List<ProcessHandle>> handles = new LinkedHashMap<>();
    programs.forEach((role, program) -> handles.put(role, family(program.handle())));
    daemons.forEach((role, daemon) -> handles.put(role, family(daemon)));
    handles.put(CpuClock.DRIVER, List.of(ProcessHandle.current()));
    return handles;
  }

  private static List<ProcessHandle> family(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants()).toList();
  }

  /** What its data occupies. */
  public long diskBytes() throws IOException {
    return DiskUsage.bytes(List.of(store()));
  }

  /** Throws, with the end of its log, when one of the programs has ended. */
  public void requireAlive() throws IOException, InterruptedException {
    for (Child program : programs.values()) {
      ProcessStarter.requireAlive(program);
    }
  }

  @Override
  public void close() {
    List<PeerProcess> all = new ArrayList<>(programs.values());
    Collections.reverse(all);
    for (PeerProcess program : all) {
      stop(program);
    }
    for (ProcessHandle daemon : daemons.values()) {
      daemon.descendants().forEach(ProcessHandle::destroyForcibly);
      daemon.destroyForcibly();
    }
    watchers.forEach(Process::destroyForcibly);
  }

  private static void stop(PeerProcess program) {
    try {
      program.stop(STOP_LIMIT);
    } catch (InterruptedException e) {
      program.destroyAll();
      Thread.currentThread().interrupt();
    }
  }
}
