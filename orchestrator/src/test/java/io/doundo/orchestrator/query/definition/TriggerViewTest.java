package io.doundo.orchestrator.query.definition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** How triggers of each kind are shown. */
class TriggerViewTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule: { every: 30s } | {\"name\":\"t\",\"kind\":\"SCHEDULE\",\"source\":\"every 30 s\"}",
        "schedule: { cron: 0 2 * * *, zone: Europe/Berlin } | {\"name\":\"t\",\"kind\":\"SCHEDULE\",\"source\":\"0 2 * * * Europe/Berlin\"}",
        "schedule: { at: '2027-01-01T00:00:00Z', payload: { a: 1 } } | {\"name\":\"t\",\"kind\":\"SCHEDULE\",\"source\":\"at 2027-01-01T00:00:00Z\",\"payload\":{\"a\":1}}",
        "event: { topic: paid, from: earliest, signal: paid, flowId: 'o-{{ event.data.id }}', when: event.data.ok } | {\"name\":\"t\",\"kind\":\"EVENT\",\"source\":\"paid\",\"topic\":\"paid\",\"from\":\"earliest\",\"when\":\"event.data.ok\",\"flowId\":\"o-{{ event.data.id }}\",\"signal\":\"paid\"}",
        "webhook: { verify: standard, secret: partner } | {\"name\":\"t\",\"kind\":\"WEBHOOK\",\"source\":\"POST /api/hooks/o/t\",\"verify\":\"standard\",\"secret\":\"partner\"}",
        "webhook: { verify: { hmac: { header: x-sign } }, secret: partner } | {\"name\":\"t\",\"kind\":\"WEBHOOK\",\"source\":\"POST /api/hooks/o/t\",\"verify\":\"hmac\",\"secret\":\"partner\"}",
        "webhook: { verify: { token: { header: x-token } }, secret: partner } | {\"name\":\"t\",\"kind\":\"WEBHOOK\",\"source\":\"POST /api/hooks/o/t\",\"verify\":\"token\",\"secret\":\"partner\"}",
        "webhook: { verify: apiKey } | {\"name\":\"t\",\"kind\":\"WEBHOOK\",\"source\":\"POST /api/hooks/o/t\",\"verify\":\"apiKey\"}",
        "webhook: {} | {\"name\":\"t\",\"kind\":\"WEBHOOK\",\"source\":\"POST /api/hooks/o/t\",\"verify\":\"none\"}"
      })
  void aTriggerIsShownWithWhatItHas(String source, String shown) {
    String document =
        "orchestrationName: o\nvocabulary: 2\ntriggers: [ { name: t, "
            + source
            + " } ]\nsteps: [ { name: s, wait: 1s } ]\n";
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration orchestration = ((Defined) compiled.results().get(0)).orchestration();
    ObjectNode json = Json.MAPPER.valueToTree(TriggerView.of("o", orchestration.triggers().get(0)));
    for (String field : List.copyOf(json.propertyNames())) {
      if (json.get(field).isNull()) {
        json.remove(field);
      }
    }
    assertThat(json.toString()).isEqualTo(shown);
  }
}
