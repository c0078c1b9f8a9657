package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.flows;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.orchestrator.query.flow.SelectedFlow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobItemsTest {

  @Test
  void everyFlowIsFoundAndNoOther() {
    List<Chunk> chunks = Chunk.of(flows(12_480));
    assertThat(chunks).extracting(Chunk::size).containsExactly(5_000, 5_000, 2_480);
    JobItems items = new JobItems(chunks);

    for (int i = 0; i < 12_480; i++) {
      assertThat(items.find(("flow-" + i).getBytes(UTF_8))).isEqualTo(i);
      assertThat(items.flowId(i)).isEqualTo("flow-" + i);
      assertThat(items.transition(i)).isEqualTo(i + 1);
    }
    assertThat(items.find("flow-12480".getBytes(UTF_8))).isEqualTo(-1);
    assertThat(items.find(new byte[0])).isEqualTo(-1);
    assertThat(items.find("flow-é\u0000".getBytes(UTF_8))).isEqualTo(-1);
  }

  @Test
  void aChunkOfLongIdsStaysBelowTheSizeOfARecord() {
    List<SelectedFlow> longIds = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      // A quotation mark takes two bytes in a record.
      longIds.add(new SelectedFlow("\"".repeat(240) + i, 1, "order", FlowStatus.PARKED));
    }
    List<Chunk> chunks = Chunk.of(longIds);

    assertThat(chunks)
        .allSatisfy(chunk -> assertThat(JobCodec.chunk(chunk)).hasSizeLessThan(1_000_000));
    assertThat(chunks.stream().mapToInt(Chunk::size).sum()).isEqualTo(6_000);
    JobItems items = new JobItems(chunks);
    assertThat(items.find(("\"".repeat(240) + 5_999).getBytes(UTF_8))).isEqualTo(5_999);
  }

  @Test
  void theCountsAlwaysAddUp() {
    JobItems items = new JobItems(Chunk.of(flows(6_000)));
    items.put(1, ItemResult.TRYING, null);
    items.put(2, ItemResult.REFUSED, "the flow has ended as UNDONE");
    items.put(5_500, ItemResult.CHANGED, null);
    items.put(1, ItemResult.PARKED_AGAIN, null);
    items.put(2, ItemResult.TRYING, null);
    items.put(3, ItemResult.TRYING, null);
    items.put(3, ItemResult.COMPLETED, null);

    assertThat(items.counts())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                ItemResult.LEFT,
                5_996,
                ItemResult.REFUSED,
                1,
                ItemResult.CHANGED,
                1,
                ItemResult.PARKED_AGAIN,
                1,
                ItemResult.COMPLETED,
                1));
    assertThat(items.refusals()).containsExactly(Map.entry("the flow has ended as UNDONE", 1));
    assertThat(items.takeChangedChunks()).containsExactly(0, 1);
    assertThat(items.takeChangedChunks()).isEmpty();
  }

  @Test
  void theNextOwnerHasTheSameResults() {
    List<Chunk> chunks = Chunk.of(flows(6_000));
    JobItems items = new JobItems(chunks);
    for (int i = 0; i < 6_000; i += 3) {
      items.put(i, i % 2 == 0 ? ItemResult.COMPLETED : ItemResult.REFUSED, "no " + i % 7);
    }
    JobItems next = new JobItems(chunks);
    for (int chunk = 0; chunk < 2; chunk++) {
      next.restore(chunk, JobCodec.results(JobCodec.results(items.results(chunk))));
    }

    assertThat(next.counts()).isEqualTo(items.counts());
    assertThat(next.refusals()).containsExactlyInAnyOrderEntriesOf(items.refusals());
    for (int i = 0; i < 6_000; i++) {
      assertThat(next.result(i)).isEqualTo(items.result(i));
      assertThat(next.reason(i)).isEqualTo(items.reason(i));
    }
    assertThat(next.takeChangedChunks()).as("nothing to write").isEmpty();
  }

  @Test
  void tooManyReasonsAreOne() {
    JobItems items = new JobItems(Chunk.of(flows(1_000)));
    for (int i = 0; i < 1_000; i++) {
      items.put(i, ItemResult.REFUSED, "reason " + i);
    }

    assertThat(items.refusals()).hasSizeLessThanOrEqualTo(101).containsKey("other reasons");
    assertThat(items.refusals().values().stream().mapToInt(n -> n).sum()).isEqualTo(1_000);
  }

  @Test
  void noFlowsAreNoChunks() {
    assertThat(Chunk.of(Collections.emptyList())).isEmpty();
    assertThat(new JobItems(List.of()).find("a".getBytes(UTF_8))).isEqualTo(-1);
  }

  @Test
  void anEndOfAnEarlierReleaseIsRead() {
    assertThat(ItemResult.of('e')).isEqualTo(ItemResult.COMPLETED);
    assertThat(
            JobCodec.progress(
                    "{\"sent\":3,\"results\":{\"ENDED\":2,\"COMPLETED\":1},\"lastSentAt\":1,\"endedAt\":0}"
                        .getBytes(UTF_8))
                .count(ItemResult.COMPLETED))
        .isEqualTo(3);
  }

  @Test
  void progressIsReadBackAsItWasWritten() {
    JobProgress progress =
        new JobProgress(
            7,
            Map.of(ItemResult.LEFT, 3, ItemResult.REFUSED, 4),
            Map.of("no", 4),
            Map.of(0, 12L, 11, 5L),
            8,
            9,
            true,
            "a note",
            new JobProgress.Start("kim", 1, 2));

    assertThat(JobCodec.progress(JobCodec.progress(progress))).isEqualTo(progress);
    assertThat(JobCodec.progress(JobCodec.progress(JobProgress.NONE))).isEqualTo(JobProgress.NONE);
  }
}
