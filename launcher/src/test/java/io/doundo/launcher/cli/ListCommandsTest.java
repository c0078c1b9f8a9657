package io.doundo.launcher.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What all commands that list something have in common, against prepared answers. */
class ListCommandsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String AWAY =
      "{\"type\":\"urn:doundo:problem:not-ready\",\"detail\":\"no\"}";

  @AutoClose private final FakeService service = new FakeService();

  static Stream<Arguments> lists() {
    return Stream.of(
        Arguments.of(
            "jobs",
            "/api/jobs?limit=50",
            "{\"jobs\":[{\"jobId\":\"j-1\",\"verb\":\"RETRY\",\"state\":\"DONE\",\"outcome\":{}}]}",
            "j-1",
            "job,state,verb,matched,sent,accepted,refused,changed,left,recovered,trying,"
                + "parked_again,abandoned,created,by,reason"),
        Arguments.of(
            "breakers",
            "/api/breakers",
            "{\"complete\":true,\"breakers\":[{\"name\":\"bank\",\"state\":\"OPEN\",\"held\":7}]}",
            "bank",
            "breaker,state,since,until,held,why,by"),
        Arguments.of(
            "schedules",
            "/api/schedules",
            "{\"complete\":true,\"schedules\":[{\"orchestration\":\"report\",\"trigger\":\"nightly\"}]}",
            "report/nightly",
            "schedule,state,times,next,running,last,at,reason"),
        Arguments.of(
            "triggers",
            "/api/triggers",
            "{\"triggers\":[{\"orchestration\":\"order\",\"name\":\"shop\",\"kind\":\"WEBHOOK\"}]}",
            "order/shop",
            "trigger,kind,source,does,when,orchestration_is"),
        Arguments.of(
            "notifications",
            "/api/notifications",
            "{\"complete\":true,\"notifications\":[{\"id\":\"ntf_1\",\"flowId\":\"f\"}]}",
            "ntf_1",
            "at,type,about,receiver,state,attempts,error,id"));
  }

  @ParameterizedTest
  @MethodSource("lists")
  void aListHasSixForms(String command, String path, String answer, String name, String header) {
    service.answer("GET " + path, 200, answer);

    assertThat(service.run(command, "-o", "name").out().lines()).containsExactly(name);
    assertThat(service.run(command, "-o", "csv").out().lines().findFirst()).contains(header);
    assertThat(service.run(command, "-o", "json").out().strip()).isEqualTo(answer);
    assertThat(service.run(command, "-o", "jsonl").out().lines()).hasSize(1);
    assertThat(service.run(command, "-o", "wide").out()).contains(name);
    assertThat(service.run(command).out()).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jobs",
        "breakers",
        "schedules",
        "notifications",
        "tasks",
        "incidents",
        "flows",
        "dead-letters"
      })
  void aListHasItsPageInTheConsole(String command) {
    assertThat(service.run(command, "--web").out().strip())
        .isEqualTo(service.url() + '/' + command);
    assertThat(service.run("open", command).out().strip()).isEqualTo(service.url() + '/' + command);
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void thePageHasTheFilterOfTheList() {
    assertThat(service.run("dead-letters", "--web", "--flow=f 1", "--since=-1h").out().strip())
        .isEqualTo(service.url() + "/dead-letters?flow=f%201");
    assertThat(service.run("notifications", "--web", "--state=GIVEN_UP").out().strip())
        .isEqualTo(service.url() + "/notifications?state=GIVEN_UP");
    assertThat(service.run("workers", "--web", "--orchestration=order").out().strip())
        .isEqualTo(service.url() + "/orchestrations/order");
    assertThat(service.run("definitions", "order", "--web").out().strip())
        .isEqualTo(service.url() + "/orchestrations/order");
    assertThat(service.run("jobs", "show", "j-1", "--web").out().strip())
        .isEqualTo(service.url() + "/jobs/j-1");
  }

  @Test
  void tasksOfMyOwnAreAskedForAsTheConsoleDoes() {
    service.answer(
        "GET /api/tasks?overdue=true&mine=true&limit=50", 200, "{\"tasks\":[],\"complete\":true}");

    assertThat(service.run("tasks", "--mine", "--overdue").out().strip())
        .isEqualTo("No open tasks.");
    assertThat(service.run("tasks", "--mine", "--web").out().strip())
        .isEqualTo(service.url() + "/tasks?assignee=me");
  }

  /** Runs a command until the service was asked so often. */
  private CommandResult watched(int asked, String... command) {
    return watched(() -> service.asked().size() > asked, command);
  }

  /** Runs a command until it has done enough. */
  private CommandResult watched(BooleanSupplier isEnough, String... command) {
    CompletableFuture<CommandResult> result = new CompletableFuture<>();
    Thread watch = new Thread(() -> result.complete(service.run(command)));
    watch.start();
    await().atMost(PATIENCE).until(() -> isEnough.getAsBoolean() || result.isDone());
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              // The HTTP client may swallow one.
              watch.interrupt();
              return result.isDone();
            });
    return result.join();
  }

  @Test
  void aWatchedListOutlastsARestartOfTheService() {
    String page = "{\"jobs\":[{\"jobId\":\"j-1\",\"state\":\"%s\"}]}";
    service.answer("GET /api/jobs?limit=50", 200, page.formatted("RUNNING"));
    service.answer("GET /api/jobs?limit=50", 503, "application/problem+json", AWAY);
    service.answer("GET /api/jobs?limit=50", 503, "application/problem+json", AWAY);
    service.answer("GET /api/jobs?limit=50", 200, page.formatted("RUNNING"));
    service.answer("GET /api/jobs?limit=50", 200, page.formatted("DONE"));

    CommandResult ran = watched(6, "jobs", "--watch=5ms", "-o", "jsonl");

    assertThat(ran.out().lines()).hasSize(2);
    assertThat(ran.out()).contains("RUNNING", "DONE");
    assertThat(ran.err().lines().filter(line -> line.contains("waiting for it"))).hasSize(1);
    assertThat(ran.err()).contains("The service answers again.");
  }

  @Test
  void aWatchedListThatBecomesIncompleteSaysSo() {
    String page = "{\"incidents\":[],\"complete\":%s}";
    service.answer("GET /api/incidents?limit=100", 200, page.formatted("true"));
    service.answer("GET /api/incidents?limit=100", 200, page.formatted("false"));

    CommandResult ran = watched(4, "incidents", "--watch=5ms");

    assertThat(ran.out().lines()).containsExactly("No flow waits for an operator.");
    assertThat(ran.err().lines()).containsOnlyOnce(ran.err().lines().findFirst().orElse(""));
    assertThat(ran.err()).contains("The list is incomplete");
  }

  @Test
  void aRelativeTimeMovesOnWhileAListIsWatched() {
    service.answer("GET /api/flows?from=*", 200, "{\"flows\":[],\"complete\":true}");

    watched(
        () ->
            service.asked().stream().map(FakeService.ReceivedRequest::request).distinct().count()
                > 1,
        "flows",
        "--since=1h",
        "--watch=5ms");
  }

  @Test
  void aRefusalEndsAWatch() {
    service.answer("GET /api/breakers", 200, "{\"breakers\":[],\"complete\":true}");
    service.answer(
        "GET /api/breakers",
        401,
        "application/problem+json",
        "{\"detail\":\"The key has expired.\"}");

    CommandResult ran = watched(100, "breakers", "--watch=5ms");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("The key has expired.");
  }

  @Test
  void wordsOfACommandAreOfferedBeforeTheValuesOfItsSubcommands(@TempDir Path directory)
      throws Exception {
    Path script =
        Files.writeString(
            directory.resolve("complete.sh"), FakeService.runPlain("completion", "bash").out());
    Path cache = Files.createDirectories(directory.resolve("cache").resolve("doundo"));
    Files.writeString(cache.resolve("jobs"), "j-abc\nj-abd\n");
    Files.writeString(cache.resolve("flows"), "ord-17\n");
    Files.writeString(cache.resolve("refreshed"), "");

    assertThat(completed(script, cache, "doundo jobs sho")).contains("show");
    assertThat(completed(script, cache, "doundo jobs show j-a")).containsExactly("j-abc", "j-abd");
    assertThat(completed(script, cache, "doundo task comp")).contains("complete");
    assertThat(completed(script, cache, "doundo task complete ord")).containsExactly("ord-17");
  }

  private static List<String> completed(Path script, Path cache, String line) throws Exception {
    int last = line.split(" ", -1).length - 1;
    ProcessBuilder bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _doundo_live 2>/dev/null; echo ${COMPREPLY[*]}"
                    .formatted(script, line, last))
            .redirectErrorStream(true);
    bash.environment().put("XDG_CACHE_HOME", String.valueOf(cache.getParent()));
    Process process = bash.start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return List.of(printed.strip().split(" ", -1));
  }
}
