package io.doundo.orchestrator.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.trigger.EventContent.Received;
import io.doundo.orchestrator.trigger.TriggerProgram.Ignored;
import io.doundo.orchestrator.trigger.TriggerProgram.Outcome;
import io.doundo.orchestrator.trigger.TriggerProgram.Starts;
import io.doundo.protocol.json.RawJson;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The EVENT triggers of the framework's workflows, from their document to the start of a flow. */
class FrameworkTriggersTest {

  private static final String CLOUD_EVENT =
      "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/crm\",\"type\":\"%s\",\"data\":{\"leadId\":\"7\"}}";

  private static final String PLAIN = "{\"eventType\":\"%s\",\"data\":{\"leadId\":\"7\"}}";

  private static Outcome outcome(String topic, String config, String value) throws Exception {
    String document =
        """
        {"name": "w", "triggers": [{"type": "EVENT", "isEnabled": true, "config": %s}],
         "steps": [{"id": "a", "name": "a", "type": "WAIT",
                    "config": {"duration": 1, "unit": "SECONDS"}}]}
        """
            .formatted(config);
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    Orchestration orchestration = ((Defined) compiled.results().get(0)).orchestration();
    EventTrigger trigger = Objects.requireNonNull(orchestration.triggers().get(0).event());
    assertThat(trigger.topic()).isEqualTo(topic);
    RawJson event =
        EventContent.of(
            new Received(topic, 0, 1, 2, null, Map.of(), value.getBytes(UTF_8)), "event-1");
    return new TriggerProgram("w", "event/w/event-1", trigger.mapping())
        .apply(event, RawJson.NULL, "id");
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void anEventOfItsTypeStartsTheWorkflowWithItsData(boolean isOwnTopic, boolean isCloudEvent)
      throws Exception {
    String topic = isOwnTopic ? "crm.leads" : "orchestrator.trigger";
    String config =
        isOwnTopic
            ? "{\"eventType\": \"lead.qualified\", \"topic\": \"crm.leads\"}"
            : "{\"eventType\": \"lead.qualified\"}";
    String value = isCloudEvent ? CLOUD_EVENT : PLAIN;
    assertThat(outcome(topic, config, value.formatted("lead.qualified")))
        .isInstanceOfSatisfying(
            Starts.class,
            starts -> assertThat(starts.start().payload()).hasToString("{\"leadId\":\"7\"}"));
    assertThat(outcome(topic, config, value.formatted("lead.created"))).isInstanceOf(Ignored.class);
    assertThat(outcome(topic, config, "{\"other\":1}")).isInstanceOf(Ignored.class);
  }
}
