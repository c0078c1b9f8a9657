package io.doundo.bench.measure;

import io.doundo.bench.process.BrokerCounts;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.CpuParts;
import io.doundo.bench.process.Figure;
import io.doundo.bench.process.Figure.Kind;
import io.doundo.bench.process.JvmCounts;
import io.doundo.bench.process.KafkaReading;
import io.doundo.bench.process.MachineReading.MachineUse;
import io.doundo.bench.process.ProcessMeters.Readings;
import io.doundo.bench.process.ProcessUse;
import io.doundo.bench.process.RedisCounts;
import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The figures of one repetition by which batches that are torn apart can be told from a machine
 * that is slower. All are of one flow or are ratios, except the rates of the broker. A figure whose
 * divisor is zero is left out. Not thread-safe.
 */
final class RepetitionFigures {

  /** Of a step that succeeds with a result: may it run, how did it end, drop the result. */
  private static final int TRANSITIONS_OF_A_STEP = 3;

  private final int flows;
  private final List<Figure> figures = new ArrayList<>();

  private RepetitionFigures(int flows) {
    this.flows = flows;
  }

  /**
   * What was read of one repetition.
   *
   * @param flowsPerSecond of it
   * @param unevenness of the flows' ends
   * @param steps that are done once in each flow, with a result; 0 if that is not so in this
   *     scenario
   * @param redis of the fence; empty without one
   * @param machine empty where there is no {@code /proc}
   */
  record RepetitionReadings(
      int flows,
      double flowsPerSecond,
      double unevenness,
      int steps,
      Readings processes,
      KafkaReading kafka,
      Optional<RedisCounts> redis,
      Optional<MachineUse> machine) {}

  static List<Figure> of(RepetitionReadings readings) {
    RepetitionFigures all = new RepetitionFigures(readings.flows());
    all.addBatches(readings);
    readings.processes().uses().forEach(all::addSwitchesAndFaults);
    all.addParts(readings.processes(), readings.kafka().jvms().keySet());
    readings.kafka().jvms().forEach(all::addCollections);
    readings.machine().ifPresent(machine -> all.addMachine(machine, readings.processes()));
    all.addCost(readings);
    all.figures.sort(Comparator.comparing(Figure::kind));
    return List.copyOf(all.figures);
  }

  private void addBatches(RepetitionReadings readings) {
    BrokerCounts broker = readings.kafka().brokers();
    double produced = broker.requests(BrokerCounts.PRODUCE);
    double fetched = broker.requests(BrokerCounts.FETCH);
    BrokerCounts.TopicCounts total = broker.total();
    add(
        Kind.BATCHES,
        "broker: produce requests a second",
        produced / flows * readings.flowsPerSecond());
    add(Kind.BATCHES, "broker: produce requests a flow", produced / flows);
    addRatio(Kind.BATCHES, "broker: records a produce request", total.records(), produced);
    addRatio(Kind.BATCHES, "broker: records a batch", total.records(), total.batches());
    addRatio(Kind.BATCHES, "broker: bytes a batch", total.bytes(), total.batches());
    add(Kind.BATCHES, "broker: fetch requests a flow", fetched / flows);
    add(
        Kind.BATCHES,
        "broker: other requests a flow",
        (broker.allRequests() - produced - fetched) / flows);
    Map<String, BrokerCounts.TopicCounts> groups = new TreeMap<>();
    broker
        .topics()
        .forEach(
            (topic, counts) -> groups.merge(group(topic), counts, BrokerCounts.TopicCounts::plus));
    groups.forEach(
        (group, counts) ->
            addRatio(
                Kind.BATCHES, group + ": records a batch", counts.records(), counts.batches()));
    readings.kafka().jvms().forEach(this::addClients);
    readings.redis().ifPresent(redis -> addFence(redis, readings.steps()));
    add(Kind.BATCHES, "ends of flows: unevenness", readings.unevenness());
  }

  /** What travels in a topic; who writes it follows from that. */
  static String group(String topic) {
    if (topic.endsWith("-changelog")) {
      return "changelogs";
    }
    if (topic.endsWith(".do") || topic.endsWith(".undo")) {
      return "commands";
    }
    if (topic.endsWith(".response.result")) {
      return "answers";
    }
    if (topic.endsWith(".execution.start")) {
      return "starts";
    }
    return switch (topic) {
      case Topics.FLOW_EVENTS -> "audit log";
      case Topics.ARCHIVE, "limit.end" -> "ends";
      default -> "other topics";
    };
  }

  private void addClients(String role, JvmCounts clients) {
    addRatio(Kind.BATCHES, role + ": records a request", clients.records(), clients.requests());
    addRatio(Kind.BATCHES, role + ": records a fetch", clients.fetchedRecords(), clients.fetches());
  }

  private void addFence(RedisCounts redis, int steps) {
    add(Kind.BATCHES, "fence: scripts a flow", redis.scripts() / flows);
    if (steps > 0) {
      addRatio(
          Kind.BATCHES,
          "fence: transitions a script",
          (double) TRANSITIONS_OF_A_STEP * steps * flows,
          redis.scripts());
    }
    add(Kind.MACHINE, "redis: CPU µs a flow of its children", redis.childMicros() / flows);
  }

  private void addSwitchesAndFaults(String role, ProcessUse use) {
    add(Kind.BATCHES, role + ": voluntary switches a flow", use.voluntarySwitches() / flows);
    add(Kind.MACHINE, role + ": involuntary switches a flow", use.involuntarySwitches() / flows);
    add(Kind.MACHINE, role + ": minor faults a flow", use.minorFaults() / flows);
    add(Kind.MACHINE, role + ": major faults a flow", use.majorFaults() / flows);
  }

  /**
   * The parts of CPU time.
   *
   * @param jvms of the product; another process has neither compilers nor collectors
   */
  private void addParts(Readings processes, Set<String> jvms) {
    double all = 0;
    double compilers = 0;
    for (Map.Entry<String, CpuParts> process : processes.parts().entrySet()) {
      CpuParts parts = process.getValue();
      if (jvms.contains(process.getKey())) {
        add(Kind.COMPILERS, process.getKey() + ": CPU µs a flow of compilers", parts.compilers());
        add(Kind.COLLECTORS, process.getKey() + ": CPU µs a flow of collectors", parts.collector());
      }
      if (!process.getKey().equals(CpuClock.DRIVER)) {
        all += parts.all();
        compilers += parts.compilers();
      }
    }
    addRatio(Kind.COMPILERS, "all: CPU % of compilers", 100 * compilers, all);
  }

  private void addCollections(String role, JvmCounts jvm) {
    add(Kind.COLLECTORS, role + ": collections", jvm.collections());
    add(Kind.COLLECTORS, role + ": µs a flow of collection pauses", jvm.collectionMicros() / flows);
  }

  private void addMachine(MachineUse machine, Readings processes) {
    double ours = 0;
    for (double micros : processes.cpu().values()) {
      ours += micros * flows;
    }
    addPercent("stolen", machine.stolenMicros(), machine);
    addPercent("idle", machine.idleMicros() + machine.waitingMicros(), machine);
    addPercent("idle, a disk at work", machine.waitingMicros(), machine);
    addPercent("other processes", Math.max(0, machine.busyMicros() - ours), machine);
    machine
        .stalledMicros()
        .forEach(
            (resource, micros) ->
                add(Kind.MACHINE, "machine: µs a flow stalled for " + resource, micros / flows));
  }

  private void addPercent(String name, double micros, MachineUse machine) {
    addRatio(Kind.MACHINE, "machine: % " + name, 100 * micros, machine.allMicros());
  }

  private void addCost(RepetitionReadings readings) {
    Map<String, Double> cpu = readings.processes().cpu();
    cpu.forEach((role, micros) -> add(Kind.COST, role + ": CPU µs a flow", micros));
    double brokers = 0;
    for (Map.Entry<String, Double> process : cpu.entrySet()) {
      brokers += process.getKey().startsWith("broker") ? process.getValue() : 0;
    }
    addRatio(
        Kind.COST,
        "broker: CPU µs a request",
        brokers * flows,
        readings.kafka().brokers().allRequests());
    addRatio(
        Kind.COST,
        "broker: CPU µs a record",
        brokers * flows,
        readings.kafka().brokers().total().records());
  }

  private void addRatio(Kind kind, String name, double of, double divisor) {
    if (divisor > 0) {
      add(kind, name, of / divisor);
    }
  }

  private void add(Kind kind, String name, double value) {
    figures.add(new Figure(kind, name, value));
  }
}
