package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionWarningsTest {

  private static final Orchestration LEAD =
      ((Defined)
              RegistrationCompiler.compile(
                      """
                      orchestrationName: lead
                      steps:
                        - name: create
                          http:
                            connection: crm
                            post: /leads
                            verify: { connection: search, get: /leads, done: "true" }
                          undo: { http: { connection: admin, delete: /leads } }
                        - name: inner
                          do: [ { name: tell, webhook: { connection: partner, body: 1 } } ]
                        - { name: look, http: { get: "https://example.org" } }
                      """
                          .getBytes(UTF_8),
                      Map.of())
                  .results()
                  .get(0))
          .orchestration();

  @Test
  void everyConnectionThatIsNotConfiguredIsNamedWithItsStep() {
    assertThat(ConnectionWarnings.of(LEAD, Set.of("crm", "serch")))
        .containsExactly(
            "step create: the connection \"search\" is not configured"
                + " (doundo.http.connections.search); did you mean \"serch\"?",
            "step create: the connection \"admin\" is not configured"
                + " (doundo.http.connections.admin)",
            "step tell: the connection \"partner\" is not configured"
                + " (doundo.http.connections.partner)");
  }

  @Test
  void theConnectionOfAReceiverIsNamedWithTheReceiver() {
    Orchestration told =
        LEAD.telling(
            List.of(new Receiver("late", List.of(Occasion.PARKED), "pager", "", null, null)));

    assertThat(ConnectionWarnings.of(told, Set.of("crm", "search", "admin", "partner")))
        .containsExactly(
            "notify late: the connection \"pager\" is not configured"
                + " (doundo.http.connections.pager)");
  }

  @Test
  void whereConnectionsAreNotKnownNothingIsWarnedOf() {
    assertThat(ConnectionWarnings.of(LEAD, null)).isEmpty();
    assertThat(ConnectionWarnings.of(LEAD, Set.of("crm", "search", "admin", "partner"))).isEmpty();
  }
}
