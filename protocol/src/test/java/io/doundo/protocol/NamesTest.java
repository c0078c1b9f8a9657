package io.doundo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"archive", "registration", "do", "undo", "control", "on", "off", "null"})
  void aStepMayHaveAnyWordForItsName(String name) {
    assertThat(Names.refuse(name)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive", "Registration", "response", "dead-letter"})
  void anOrchestrationWhoseTopicsWouldBeginLikeOursIsRefusedWithTheReason(String name) {
    assertThat(Names.refuseOrchestration(name))
        .isEqualTo(
            "is reserved, because topics of the orchestrator itself begin with orchestrator."
                + name.toLowerCase(java.util.Locale.ROOT));
  }

  @Test
  void aLetterThatDoesNotCountIsNamed() {
    assertThat(Names.refuse("Überweisung"))
        .contains("only the letters A to Z and a to z count")
        .endsWith("\"Ü\" does not");
    assertThat(Names.refuse("a b")).endsWith("count");
  }
}
