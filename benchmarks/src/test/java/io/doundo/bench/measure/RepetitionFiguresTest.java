package io.doundo.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.bench.measure.RepetitionFigures.RepetitionReadings;
import io.doundo.bench.process.BrokerCounts;
import io.doundo.bench.process.BrokerCounts.TopicCounts;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Figure;
import io.doundo.bench.process.Figure.Kind;
import io.doundo.bench.process.JvmCounts;
import io.doundo.bench.process.KafkaReading;
import io.doundo.bench.process.MachineReading.MachineUse;
import io.doundo.bench.process.ProcessMeters.Readings;
import io.doundo.bench.process.ProcessUse;
import io.doundo.bench.process.RedisCounts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hundred flows of three steps at 50 flows a second. */
class RepetitionFiguresTest {

  private static final BrokerCounts BROKERS =
      new BrokerCounts(
          Map.of("Produce", 200.0, "Fetch", 50.0, "EndTxn", 10.0),
          Map.of(
              "orchestrator.seq3.s01.do", new TopicCounts(100, 20, 30_000),
              "orchestrator.seq3.s02.do", new TopicCounts(100, 30, 30_000),
              "orchestrator.response.result", new TopicCounts(300, 60, 90_000),
              "__transaction_state", new TopicCounts(0, 0, 0)));

  private final List<Figure> figures =
      RepetitionFigures.of(
          new RepetitionReadings(
              100,
              50,
              0.7,
              3,
              new Readings(
                  Map.of("broker", 300.0, "driver", 20.0),
                  Map.of(
                      "broker", CpuParts.of(300, 60, 15, 225), "driver", CpuParts.of(20, 20, 0, 0)),
                  Map.of("broker", new ProcessUse(6_000, 1_500, 22_500, 400, 30, 70, 0)),
                  Map.of()),
              new KafkaReading(
                  BROKERS,
                  Map.of(
                      "broker", new JvmCounts(0, 0, 0, 0, 2, 9_000),
                      "worker", new JvmCounts(30, 300, 25, 350, 0, 0))),
              Optional.of(new RedisCounts(90, 5_000)),
              Optional.of(
                  new MachineUse(40_000, 30_000, 10_000, 20_000, 100_000, Map.of("io", 2_000.0)))));

  @ParameterizedTest
  @CsvSource({
    "BATCHES, broker: produce requests a flow, 2",
    "BATCHES, broker: produce requests a second, 100",
    "BATCHES, broker: records a produce request, 2.5",
    "BATCHES, broker: fetch requests a flow, 0.5",
    "BATCHES, broker: other requests a flow, 0.1",
    "BATCHES, commands: records a batch, 4",
    "BATCHES, answers: records a batch, 5",
    "BATCHES, worker: records a request, 10",
    "BATCHES, worker: records a fetch, 14",
    "BATCHES, fence: scripts a flow, 0.9",
    "BATCHES, fence: transitions a script, 10",
    "BATCHES, ends of flows: unevenness, 0.7",
    "BATCHES, broker: voluntary switches a flow, 4",
    "COMPILERS, broker: CPU µs a flow of compilers, 60",
    "COMPILERS, all: CPU % of compilers, 20",
    "COLLECTORS, broker: CPU µs a flow of collectors, 15",
    "COLLECTORS, broker: collections, 2",
    "COLLECTORS, broker: µs a flow of collection pauses, 90",
    "MACHINE, broker: involuntary switches a flow, 0.3",
    "MACHINE, broker: minor faults a flow, 0.7",
    "MACHINE, broker: major faults a flow, 0",
    "MACHINE, machine: % stolen, 20",
    "MACHINE, machine: % idle, 40",
    "MACHINE, machine: % other processes, 8",
    "MACHINE, machine: µs a flow stalled for io, 20",
    "MACHINE, redis: CPU µs a flow of its children, 50",
    "COST, broker: CPU µs a flow, 300"
  })
  void eachIsOfOneFlowOrARatio(Kind kind, String name, double value) {
    assertThat(figures)
        .filteredOn(figure -> figure.name().equals(name))
        .singleElement()
        .satisfies(
            figure -> {
              assertThat(figure.kind()).isEqualTo(kind);
              assertThat(figure.value()).isEqualTo(value);
            });
  }

  @Test
  void whatWasNeverCountedHasNoFigure() {
    assertThat(figures)
        .extracting(Figure::name)
        .as("the broker is no client, no batch went to other topics, the driver is not measured")
        .doesNotContain(
            "broker: records a request",
            "broker: records a fetch",
            "other topics: records a batch",
            "driver: CPU µs a flow of compilers");
    assertThat(figures).extracting(Figure::name).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "orchestrator.sdk-seq3.s02.do, commands",
    "limit.seq3.s03.do, commands",
    "orchestrator.undo3.s01.undo, commands",
    "limit.response.result, answers",
    "orchestrator.execution.start, starts",
    "orchestrator.flow.events, audit log",
    "orchestrator.archive, ends",
    "limit.end, ends",
    "doundo-flows-changelog, changelogs",
    "__consumer_offsets, other topics"
  })
  void aTopicIsKnownByItsName(String topic, String group) {
    assertThat(RepetitionFigures.group(topic)).isEqualTo(group);
  }
}
