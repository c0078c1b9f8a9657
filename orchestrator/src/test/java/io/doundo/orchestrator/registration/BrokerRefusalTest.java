package io.doundo.orchestrator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BrokerRefusalTest {

  static Stream<RuntimeException> never() {
    return Stream.of(
        new TopicAuthorizationException("why"),
        new InvalidReplicationFactorException("why"),
        new InvalidPartitionsException("why"),
        new InvalidConfigurationException("why"),
        new InvalidTopicException("why"),
        new PolicyViolationException("why"),
        new KafkaException("wrapped", new PolicyViolationException("why")));
  }

  @ParameterizedTest
  @MethodSource("never")
  void aTopicThatIsNeverCreatedRefusesWithTheBrokersReason(RuntimeException failure) {
    assertThat(BrokerRefusal.ofTopic(failure)).isEqualTo("why");
  }

  static Stream<RuntimeException> later() {
    return Stream.of(
        new TimeoutException("slow"),
        new DisconnectException(),
        new NotControllerException("moved"),
        new NotEnoughReplicasException("two of three"),
        new ThrottlingQuotaExceededException("slow down"),
        new SaslAuthenticationException("password"),
        new InterruptException("stop"),
        new KafkaException("unknown"),
        new IllegalStateException("unknown"));
  }

  @ParameterizedTest
  @MethodSource("later")
  void errorsThatMayPassAreNotRefused(RuntimeException failure) {
    assertThat(BrokerRefusal.ofTopic(failure)).isNull();
    assertThat(BrokerRefusal.ofRecord(failure)).isNull();
  }

  @ParameterizedTest
  @MethodSource("ofOurs")
  void anErrorOfOurOwnTopicsRefusesNoRegistration(RuntimeException failure) {
    assertThat(BrokerRefusal.ofRecord(failure)).isNull();
  }

  static Stream<RuntimeException> ofOurs() {
    return Stream.of(
        new TopicAuthorizationException("why"), new ProducerFencedException("another"));
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void aRecordTooLargeToStoreIsRefused(RuntimeException failure) {
    assertThat(BrokerRefusal.ofRecord(failure)).isEqualTo("2 MB");
  }

  static Stream<RuntimeException> tooLarge() {
    RecordTooLargeException cause = new RecordTooLargeException("2 MB");
    return Stream.of(cause, new KafkaException("in an error state", cause));
  }
}
