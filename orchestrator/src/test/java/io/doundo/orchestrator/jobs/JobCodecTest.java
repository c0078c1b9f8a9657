package io.doundo.orchestrator.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.deadletter.SeenMarks.Mark;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobCodecTest {

  @Test
  void marksAreReadAsTheyWereWritten() {
    Mark single = new Mark("3-17", false, "kim", 7, Map.of());
    Mark group = new Mark("v1:9f2ac01744d7e655", true, "kim", 7, Map.of(0, 4L, 11, 9L));

    assertThat(JobCodec.mark("3-17", JobCodec.mark(single))).isEqualTo(single);
    assertThat(JobCodec.mark(group.subject(), JobCodec.mark(group))).isEqualTo(group);
  }

  @Test
  void aJobOfDeadLettersIsReadAsItWasWritten() {
    JobDefinition job = SampleJobs.definition(JobVerb.RESEND, 3);

    assertThat(JobCodec.definition(JobCodec.definition(job))).isEqualTo(job);
  }
}
