package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.json.Json;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AdHocRequestTest {

  private static final String NESTED =
      """
      {"options": {"stopOnFirstError": %s}, "steps": [
        {"id": "if", "name": "i", "type": "CONDITIONAL",
         "config": {"conditions": [{"field": "x", "operator": "eq", "value": 1}],
                    "trueStepId": "yes", "falseStepId": "no"}},
        {"id": "yes", "name": "y", "type": "FUNCTION_CALL", "config": {"functionName": "f"}},
        {"id": "no", "name": "n", "type": "FUNCTION_CALL", "config": {"functionName": "f"}},
        {"id": "each", "name": "e", "type": "FOR_EACH",
         "config": {"inputVariable": "list", "itemVariable": "one", "steps": ["send"]}},
        {"id": "send", "name": "s", "type": "FUNCTION_CALL", "config": {"functionName": "f"}},
        {"id": "both", "name": "b", "type": "PARALLEL", "config": {"steps": ["left", "right"]}},
        {"id": "left", "name": "l", "type": "FUNCTION_CALL", "config": {"functionName": "f"}},
        {"id": "right", "name": "r", "type": "FUNCTION_CALL", "config": {"functionName": "f"}}]}
      """;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stepsWithinOthersRunWhereTheyAreNamed(boolean stopsOnFirstError) {
    AdHocRequest request =
        AdHocRequest.of((ObjectNode) Json.MAPPER.readTree(NESTED.formatted(stopsOnFirstError)));
    ObjectNode workflow = request.workflow();
    assertThat(workflow.at("/steps/0/config/steps").toString())
        .isEqualTo("[\"if\",\"each\",\"both\"]");
    assertThat(
            RegistrationCompiler.compile(Json.MAPPER.writeValueAsBytes(workflow), Map.of())
                .problems())
        .isEmpty();
  }
}
