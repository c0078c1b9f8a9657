package io.doundo.launcher.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KafkaToolTest {

  @ParameterizedTest
  @EnumSource(KafkaTool.class)
  void everyToolIsShipped(KafkaTool tool) throws Exception {
    Class<?> shipped = Class.forName(tool.className(), false, getClass().getClassLoader());

    assertThat(shipped.getMethod("main", String[].class)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "console-producer, CONSOLE_PRODUCER",
    "kafka-console-consumer.sh, CONSOLE_CONSUMER",
    "kafka-topics, TOPICS",
    "configs.sh, CONFIGS"
  })
  void aToolIsFoundByItsShortNameAndByTheNameOfItsScript(String name, KafkaTool tool) {
    assertThat(KafkaTool.named(name)).contains(tool);
  }

  @Test
  void anUnknownNameIsNoTool() {
    assertThat(KafkaTool.named("console_producer")).isEmpty();
  }

  @Test
  void theOldNameOfTheBrokerAddressIsTranslated() {
    assertThat(
            KafkaTool.CONSOLE_PRODUCER.translated(
                List.of("--broker-list", "localhost:9092", "--topic", "t")))
        .containsExactly("--bootstrap-server", "localhost:9092", "--topic", "t");
    assertThat(KafkaTool.TOPICS.translated(List.of("--broker-list=localhost:9092", "--list")))
        .containsExactly("--bootstrap-server=localhost:9092", "--list");
  }

  @Test
  void toolsThatMeanBrokerIdsByItKeepIt() {
    List<String> arguments = List.of("--broker-list", "1,2");

    assertThat(KafkaTool.REASSIGN_PARTITIONS.translated(arguments)).isEqualTo(arguments);
    assertThat(KafkaTool.LOG_DIRS.translated(arguments)).isEqualTo(arguments);
  }

  @Test
  void everythingElseIsPassedOnLetterByLetter() {
    List<String> arguments = List.of("--property", "a=--broker-list", "@file", "", "-- x");

    assertThat(KafkaTool.CONSOLE_PRODUCER.translated(arguments)).isEqualTo(arguments);
  }
}
