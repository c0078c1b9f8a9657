package io.doundo.orchestrator.streams.task;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine counts the parked flows without the index, even after a restart. */
class ParkedFlowsTest {

  private final KeyValueStore<String, byte[]> store = store("counts");
  private final KeyValueStore<String, byte[]> flows = store("flows");

  private final TopologyDriver driver = new TopologyDriver();

  @BeforeEach
  void open() {
    MockProcessorContext<Void, Void> context = new MockProcessorContext<>(new Properties());
    store.init(context.getStateStoreContext(), store);
    flows.init(context.getStateStoreContext(), flows);
    driver.register(
        with(chain("order", "pay"), "pay", s -> TestDefinitions.undoRetry(s, policy(1))));
  }

  @AfterEach
  void close() {
    store.close();
    flows.close();
    driver.close();
  }

  private static KeyValueStore<String, byte[]> store(String name) {
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withLoggingDisabled()
        .build();
  }

  private void park(String flowId) {
    driver.send(Topics.EXECUTION_START, flowId, WireRecords.start("order", flowId, Map.of()));
    driver.send(Topics.RESPONSE, flowId, WireRecords.success(flowId, "pay", "DO", Map.of()));
    driver.send(Topics.CONTROL, flowId, WireRecords.control(flowId, "UNDO"));
    driver.send(Topics.RESPONSE, flowId, WireRecords.failure(flowId, "pay", "UNDO"));
    assertThat(driver.flow(flowId).status()).isEqualTo(FlowStatus.PARKED);
  }

  @Test
  void everyParkedFlowIsCountedUntilItIsResumed() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    driver.meters().bindTo(registry);
    park("flow-1");
    park("flow-2");
    assertThat(registry.get("doundo.parked").tag("reason", "UNDO_FAILED").gauge().value())
        .isEqualTo(2);
    driver.send(Topics.CONTROL, "flow-1", WireRecords.control("flow-1", "RETRY"));
    assertThat(driver.meters().parked()).isEqualTo(1);
    driver.send(Topics.CONTROL, "flow-2", WireRecords.control("flow-2", "ABANDON"));
    assertThat(driver.meters().parked()).isZero();
    assertThat(registry.get("doundo.flow.events").tag("type", "FLOW_PARKED").counter().count())
        .isEqualTo(2);
  }

  @Test
  void theCountOutlivesTheTask() {
    EngineMeters meters = new EngineMeters();
    EngineMeters.OfTask first = meters.opened(0);
    Plan plan = new Plan();
    park("flow-1");
    new ParkedFlows(store, flows, first).sealed(null, driver.flow("flow-1"), plan);
    plan.writeAll();
    assertThat(meters.parked(ParkReason.UNDO_FAILED)).isEqualTo(1);
    meters.closed(first);
    assertThat(meters.parked()).isZero();
    ParkedFlows again = new ParkedFlows(store, flows, meters.opened(0));
    assertThat(meters.parked()).isEqualTo(1);
    assertThat(again).isNotNull();
  }

  @Test
  void flowsParkedByAReleaseThatKeptNoCountAreCountedOnce() {
    park("flow-1");
    park("flow-2");
    flows.put("flow-1", driver.row("flow-1"));
    flows.put("flow-2", driver.row("flow-2"));
    flows.put("held", new byte[] {FlowValue.HELD});
    flows.put("damaged", new byte[] {FlowValue.FLOW});
    FlowState parked = driver.flow("flow-1");
    driver.send(Topics.CONTROL, "flow-1", WireRecords.control("flow-1", "RETRY"));
    flows.put("running", driver.row("flow-1"));

    EngineMeters meters = new EngineMeters();
    ParkedFlows counted = new ParkedFlows(store, flows, meters.opened(0));
    assertThat(meters.parked(ParkReason.UNDO_FAILED)).isEqualTo(2);
    Plan plan = new Plan();
    counted.sealed(parked, driver.flow("flow-1"), plan);
    plan.writeAll();
    assertThat(meters.parked()).isEqualTo(1);
  }

  @Test
  void parkedFlowsAreCountedFromTheStoredList() {
    park("flow-1");
    flows.put("flow-1", driver.row("flow-1"));
    new ParkedFlows(store, flows, new EngineMeters().opened(0)).keep();
    flows.delete("flow-1");
    EngineMeters meters = new EngineMeters();
    new ParkedFlows(store, flows, meters.opened(0)).keep();
    assertThat(meters.parked()).isEqualTo(1);
  }
}
