package io.doundo.bench.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScenarioTest {

  /** The relay finds a message's scenario by its route. */
  @Test
  void theRouteOfAScenarioIsItsPlaceAmongThoseThatAreMeasured() {
    List<Scenario> measured = Scenario.all();

    assertThat(measured).allSatisfy(one -> assertThat(measured.get(one.route())).isEqualTo(one));
    assertThat(measured).allSatisfy(one -> assertThat(one.route()).isLessThan(10));
    assertThat(Scenario.WAITING.route()).isLessThan(10);
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void itsRegistrationIsAccepted(Scenario scenario) {
    byte[] document = scenario.registration(Mode.ENGINE);

    assertThat(RegistrationCompiler.compile(document, Map.of()).problems()).isEmpty();
  }
}
