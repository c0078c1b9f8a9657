package io.doundo.launcher.doctor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.doctor.Finding.State;
import io.doundo.launcher.doctor.TopicChecks.Topic;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the doctor finds in the facts, and the fix that it names. */
class ChecksTest {

  private static final List<String> ALL =
      List.of(
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.REKEY,
          Topics.HTTP,
          Topics.ARCHIVE,
          Topics.REGISTRATION,
          Topics.REGISTRATION_STATUS,
          Topics.FLOW_EVENTS,
          Topics.SHARED_EVENT,
          Topics.TRIGGER,
          Topics.NOTIFICATIONS,
          Topics.DEAD_LETTER);

  private static Map<String, Topic> healthy() {
    Map<String, Topic> topics = new HashMap<>();
    ALL.forEach(name -> topics.put(name, new Topic(12, "delete")));
    topics.put(Topics.DEFINITIONS, new Topic(1, "compact"));
    topics.put(Topics.JOBS, new Topic(1, "compact"));
    topics.put(Topics.TEMPLATES, new Topic(1, "compact"));
    topics.put(Topics.SCHEDULES, new Topic(1, "compact"));
    topics.put(Topics.BREAKERS, new Topic(1, "compact"));
    topics.put(Topics.NOTIFICATIONS, new Topic(12, "compact,delete"));
    return topics;
  }

  @Test
  void healthyTopicsAreGood() {
    assertThat(TopicChecks.of(healthy())).extracting(Finding::state).containsOnly(State.GOOD);
  }

  @Test
  void aMissingTopicIsNamed() {
    Map<String, Topic> topics = healthy();
    topics.remove(Topics.CONTROL);
    assertThat(wrong(topics).text()).isEqualTo("missing: orchestrator.control");
  }

  @Test
  void otherPartitionCountsAreNamedWithTheirTopics() {
    Map<String, Topic> topics = healthy();
    topics.put(Topics.RESPONSE, new Topic(24, "delete"));
    assertThat(wrong(topics).text()).contains("24 in orchestrator.response.result", "12 in ");
    assertThat(wrong(topics).fix()).contains("doundo.partitions");
  }

  @Test
  void aPolicyThatWouldLoseRecordsIsWrong() {
    Map<String, Topic> topics = healthy();
    topics.put(Topics.DEFINITIONS, new Topic(1, "delete"));
    assertThat(wrong(topics).text())
        .isEqualTo("orchestrator.definitions has cleanup.policy=delete and needs compact");
  }

  private static Finding wrong(Map<String, Topic> topics) {
    return TopicChecks.of(topics).stream()
        .filter(finding -> finding.state() == State.WRONG)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T12:00:00Z, GOOD",
    "2026-01-31T12:00:04Z, WRONG",
    "2026-01-31T11:59:50Z, WRONG"
  })
  void aClockMayDifferByWhatADateCannotSay(Instant service, State state) {
    Instant here = Instant.parse("2026-01-31T12:00:00.500Z");
    assertThat(ServiceChecks.clock(service, here, here.plusMillis(100)).state()).isEqualTo(state);
    assertThat(ServiceChecks.clock(null, here, here).state()).isEqualTo(State.SKIPPED);
  }

  @Test
  void workersAreGoodOnlyWhenSomebodyIsThere() {
    JsonNode served = json("[{\"name\":\"order\",\"unservedSteps\":[]}]");
    JsonNode unserved = json("[{\"name\":\"order\",\"unservedSteps\":[\"pay\"]}]");
    assertThat(ServiceChecks.declared(served).state()).isEqualTo(State.GOOD);
    assertThat(ServiceChecks.declared(unserved).text()).contains("order.pay");
    assertThat(ServiceChecks.declared(json("[]")).state()).isEqualTo(State.SKIPPED);
    assertThat(attached("YES").state()).isEqualTo(State.GOOD);
    assertThat(attached("NO").text()).contains("nobody reads t");
    assertThat(attached("UNKNOWN").fix()).contains("DESCRIBE");
  }

  private static Finding attached(String attached) {
    return ServiceChecks.attached(
        json("{\"workers\":[{\"topic\":\"t\",\"attached\":\"%s\"}]}".formatted(attached)));
  }

  @Test
  void theObstaclesOfAServiceThatIsNotReadyAreTold() {
    JsonNode health =
        json(
            """
            {"status":"OUT_OF_SERVICE","components":{"orchestrator":{"details":{
              "notReady":["Kafka does not answer"]}}}}""");
    assertThat(ServiceChecks.health(health).text()).isEqualTo("not ready: Kafka does not answer");
    assertThat(ServiceChecks.health(json("{\"status\":\"UP\"}")).state()).isEqualTo(State.GOOD);
  }

  @Test
  void redisMustForgetNothing() {
    List<String> aof = List.of("aof_enabled:1");
    assertThat(redis("noeviction", aof).state()).isEqualTo(State.GOOD);
    assertThat(redis("noeviction", List.of("aof_enabled:0")).state()).isEqualTo(State.DOUBTFUL);
    assertThat(redis("allkeys-lru", aof).fix()).contains("noeviction");
    assertThat(RedisCheck.judge("r:1", List.of("-NOAUTH no"), aof).state())
        .isEqualTo(State.SKIPPED);
  }

  @Test
  void redisMustAcceptWrites() {
    Finding full = redis("noeviction", List.of("aof_enabled:1", "aof_last_write_status:err"));
    assertThat(full.state()).isEqualTo(State.WRONG);
    assertThat(full.text()).contains("refuses every write");
    assertThat(redis("noeviction", List.of("aof_enabled:1", "rdb_last_bgsave_status:err")).state())
        .isEqualTo(State.DOUBTFUL);
  }

  @Test
  void theClockOfRedisMustAgree() {
    Instant here = Instant.parse("2026-11-30T12:00:00Z");
    String seconds = Long.toString(here.getEpochSecond());
    String tomorrow = Long.toString(here.getEpochSecond() + 86_400);

    assertThat(RedisCheck.clock(List.of("*2", seconds, "999"), here, here.plusMillis(2)))
        .isEqualTo(Finding.good("Clock of Redis", "Redis and this machine agree"));
    Finding ahead = RedisCheck.clock(List.of("*2", tomorrow, "0"), here, here);
    assertThat(ahead.state()).isEqualTo(State.WRONG);
    assertThat(ahead.text()).isEqualTo("Redis and this machine differ by 86400 s");
    assertThat(RedisCheck.clock(List.of("-NOPERM no"), here, here).state())
        .isEqualTo(State.SKIPPED);
  }

  /** The answers as Redis 7 sends them. */
  @Test
  void theAnswersOfRedisAreReadOneAfterTheOther() throws IOException {
    String info = "# Persistence\r\nloading:0\r\naof_enabled:1\r\n";
    String answers =
        "*2\r\n$16\r\nmaxmemory-policy\r\n$10\r\nnoeviction\r\n$%d\r\n%s\r\n"
            .formatted(info.length(), info);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                try (Socket asked = server.accept()) {
                  String time =
                      "*2\r\n$10\r\n%d\r\n$1\r\n0\r\n".formatted(Instant.now().getEpochSecond());
                  asked.getOutputStream().write((answers + time).getBytes(US_ASCII));
                  // Until the other side has read all and closes.
                  asked.getInputStream().readAllBytes();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertThat(RedisCheck.of(server.getInetAddress().getHostAddress(), server.getLocalPort()))
          .extracting(Finding::state)
          .containsExactly(State.GOOD, State.GOOD);
      served.join();
    }
  }

  private static Finding redis(String policy, List<String> persistence) {
    return RedisCheck.judge("r:1", List.of("*2", "maxmemory-policy", policy), persistence);
  }

  private static JsonNode json(String text) {
    return ServiceJson.MAPPER.readTree(text);
  }
}
