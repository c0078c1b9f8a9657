package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.task.ConsumerProgress;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyDescription.Source;
import org.junit.jupiter.api.Test;

/**
 * The numbers of the sub-topologies. They stand in the names of the tasks' directories: an update
 * that changed them would leave all stores behind and restore them anew.
 */
class SubTopologiesTest {

  private enum NoArchive implements Archive {
    INSTANCE;

    @Override
    public CompletableFuture<Optional<StoredFlow>> find(String flowId, FlowStub stub) {
      throw new AssertionError("nothing is looked up");
    }

    @Override
    public CompletableFuture<Optional<StoredFlow>> recall(String flowId, FlowStub stub) {
      throw new AssertionError("nothing is recalled");
    }

    @Override
    public void ends(String flowId, StoredFlow flow) {
      throw new AssertionError("nothing ends");
    }

    @Override
    public void settled() {
      throw new AssertionError("nothing is committed");
    }
  }

  @Test
  void theirNumbersAreThoseOfEarlierReleases() {
    TopologyDescription described =
        FlowTopology.build(
                EngineSettings.of("nowhere:9092", Path.of("nowhere")),
                topic -> true,
                ConsumerProgress.NOTHING,
                NoArchive.INSTANCE,
                new EngineMeters())
            .describe();
    Map<Integer, Set<String>> topics = new TreeMap<>();
    described
        .subtopologies()
        .forEach(
            one ->
                one.nodes().stream()
                    .filter(Source.class::isInstance)
                    .map(Source.class::cast)
                    .forEach(source -> add(topics, one.id(), source)));
    described.globalStores().forEach(store -> add(topics, store.id(), store.source()));

    assertThat(topics)
        .isEqualTo(
            Map.of(
                0,
                Set.of(Topics.DEFINITIONS),
                1,
                Set.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.REKEY),
                2,
                Set.of(Topics.SHARED_EVENT),
                3,
                Set.of(Topics.BREAKERS)));
  }

  private static void add(Map<Integer, Set<String>> topics, int id, Source source) {
    topics.computeIfAbsent(id, unused -> new TreeSet<>()).addAll(source.topicSet());
  }
}
