package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import tools.jackson.databind.JsonNode;

/** What the engine logs of a flow, as the formats of structured logs write it. */
class StructuredLogsTest {

  private static final String FLOW = "logged-1";

  private final TopologyDriver driver = new TopologyDriver();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.doundo.orchestrator.streams");
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

  @BeforeEach
  void start() {
    driver.register(chain("order", "one", "two"));
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of("a", 1)));
  }

  @AfterEach
  void close() {
    logger.detachAppender(appender);
    appender.stop();
    driver.close();
  }

  /** As Spring Boot does for {@code logging.structured.format.console}. */
  private void logAs(String format) {
    LoggerContext context = new LoggerContext();
    context.putObject(Environment.class.getName(), new StandardEnvironment());
    StructuredLogEncoder encoder = new StructuredLogEncoder();
    encoder.setContext(context);
    encoder.setFormat(format);
    encoder.setCharset(UTF_8);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(written);
    appender.start();
    logger.addAppender(appender);
  }

  private List<JsonNode> lines() {
    return written.toString(UTF_8).lines().map(Json.MAPPER::readTree).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ecs", "logstash"})
  void aLineAboutAnAnswerNamesFlowStepAndTrace(String format) {
    logAs(format);
    driver.failAlways("nobody knows the topics");

    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of()));

    assertThat(lines())
        .filteredOn(line -> line.path("flowId").asString("").equals(FLOW))
        .anySatisfy(
            line -> {
              assertThat(line.path("message").asString("")).contains("becomes a dead letter");
              assertThat(line.path("step").asString("")).isEqualTo("one");
              assertThat(line.path("traceId").asString(""))
                  .isEqualTo(driver.flow(FLOW).incarnation());
            });
  }

  @Test
  void aLineAboutATimerNamesFlowAndTrace() {
    driver.failAlways("nobody knows the topics");
    logAs("ecs");

    driver.pass(Duration.ofSeconds(33));

    assertThat(lines())
        .anySatisfy(
            line -> {
              assertThat(line.path("flowId").asString("")).isEqualTo(FLOW);
              assertThat(line.path("traceId").asString(""))
                  .isEqualTo(driver.flow(FLOW).incarnation());
              assertThat(line.has("step")).isFalse();
            });
  }
}
