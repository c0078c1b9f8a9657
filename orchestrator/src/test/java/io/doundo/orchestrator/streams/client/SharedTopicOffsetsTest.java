package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.Topics;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec.EarliestSpec;
import org.apache.kafka.clients.admin.OffsetSpec.LatestSpec;
import org.junit.jupiter.api.Test;

/** The offset from which the shared topic is read. */
class SharedTopicOffsetsTest {

  @Test
  void aNewInstallationReadsAll() {
    assertThat(SharedTopicOffsets.beginning(Set.of())).isInstanceOf(EarliestSpec.class);
  }

  @Test
  void oneThatHasRunWithoutReadingItDoesNotCarryOutWhatIsOld() {
    assertThat(SharedTopicOffsets.beginning(Set.of(Topics.EXECUTION_START, Topics.REKEY)))
        .isInstanceOf(LatestSpec.class);
  }

  @Test
  void oneThatReadsItGoesOnWhereItWas() {
    assertThat(SharedTopicOffsets.beginning(Set.of(Topics.SHARED_EVENT))).isNull();
    assertThat(SharedTopicOffsets.beginning(Set.of(Topics.SHARED_EVENT, Topics.REKEY))).isNull();
  }
}
