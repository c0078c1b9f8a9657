package io.doundo.bench.measure;

import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.RepetitionFigures.RepetitionReadings;
import io.doundo.bench.measure.Throughput.ThroughputSample;
import io.doundo.bench.process.KafkaReading;
import io.doundo.bench.process.MachineReading;
import io.doundo.bench.process.ProcessMeters;
import io.doundo.bench.process.RedisCounts;
import io.doundo.bench.stack.BenchStack;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads everything that is counted during one repetition. What the processes have to work for, to
 * answer, is read before the CPU times at the beginning and after them at the end. Not thread-safe.
 */
final class RepetitionMeter implements AutoCloseable {

  private static final Duration WINDOW = Duration.ofMillis(250);
  private static final int PARTS = 5;

  private final Map<String, ProcessHandle> jvms;
  private final OptionalInt redisPort;
  private final KafkaReading kafka;
  private final Optional<RedisCounts> redis;
  private final Optional<MachineReading> machine;
  private final ProcessMeters processes;

  private RepetitionMeter(BenchStack stack, Mode mode) throws IOException {
    jvms = stack.jvms(mode);
    redisPort = stack.redisPort(mode);
    kafka = KafkaReading.read(jvms);
    redis = redis();
    machine = MachineReading.read();
    processes = ProcessMeters.start(stack.processes(mode), false);
  }

  static RepetitionMeter start(BenchStack stack, Mode mode) throws IOException {
    return new RepetitionMeter(stack, mode);
  }

  /** What was read until the last flow of a run ended. */
  StoppedMeter stop(int flows) throws IOException, InterruptedException {
    ProcessMeters.Readings ofProcesses = processes.stop(flows);
    Optional<MachineReading> machineNow = MachineReading.read();
    Optional<RedisCounts> redisNow = redis();
    return new StoppedMeter(
        ofProcesses,
        KafkaReading.read(jvms).since(kafka),
        redisNow.flatMap(now -> redis.map(now::since)),
        machineNow.flatMap(now -> machine.map(now::since)));
  }

  /** The readings of a run that has ended. */
  record StoppedMeter(
      ProcessMeters.Readings processes,
      KafkaReading kafka,
      Optional<RedisCounts> redis,
      Optional<MachineReading.MachineUse> machine) {

    ThroughputSample sample(FlowRun run, Scenario scenario) {
      boolean isDoneOnce = scenario != Scenario.UNDO && scenario != Scenario.RETRY;
      RepetitionReadings readings =
          new RepetitionReadings(
              run.flows(),
              run.flowsPerSecond(),
              run.unevenness(WINDOW),
              isDoneOnce ? scenario.hops().size() : 0,
              processes,
              kafka,
              redis,
              machine);
      return new ThroughputSample(
          run.flowsPerSecond(),
          processes.cpu(),
          processes.parts(),
          RepetitionFigures.of(readings),
          run.ratesOfParts(Math.min(PARTS, run.flows())));
    }
  }

  private Optional<RedisCounts> redis() throws IOException {
    return redisPort.isPresent()
        ? Optional.of(RedisCounts.read(redisPort.getAsInt()))
        : Optional.empty();
  }

  @Override
  public void close() {
    processes.close();
  }
}
