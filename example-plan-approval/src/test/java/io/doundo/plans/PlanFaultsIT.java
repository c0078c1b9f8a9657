package io.doundo.plans;

import static io.doundo.plans.testing.PlanClient.plan;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.plans.testing.CuttingProxy;
import io.doundo.plans.testing.PlanJourneys;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;

/** Killed processes and lost answers: no plan is lost, none is published twice. */
class PlanFaultsIT extends PlanJourneys {

  @AfterEach
  void startWhatATestHasLeftDead() {
    stack.startMissing();
  }

  @Test
  @ResourceLock(INSTALLATION)
  void anUnreachableStoreHoldsTheApprovalAndFailsClosed() {
    String planId = published("held");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    stack.process("fhirStore").kill();

    assertThatThrownBy(() -> client.decide(task.path("taskId").asString(), "ann", true))
        .as("without the published version nothing is decided")
        .hasMessageContaining("façade answered 503");
    assertThat(client.task("ann", planId, "approval", 1)).isNotNull();
    // Past the façade's own check: the write waits for the store.
    assertThat(client.completeDirectly(task, "ann", APPROVED).isOk()).isTrue();
    String flow = task.path("processInstanceId").asString();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                client
                    .flow(flow)
                    .path("steps")
                    .valueStream()
                    .anyMatch(
                        step ->
                            step.path("name").asString("").equals("publish")
                                && step.path("attempts").asInt(0) > 1
                                && step.path("errorMessage").asString("").contains("FHIR store")));
    assertThat(client.status(planId, "problem", found -> found.has("problem")).path("problem"))
        .as("in words for people")
        .asString()
        .startsWith("\"The FHIR store ");
    stack.process("fhirStore").start();
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 10));
    assertThat(client.history(planId)).hasSize(2);
  }

  @Test
  @ResourceLock(INSTALLATION)
  void aStoreKilledBetweenItsWriteAndItsAnswerHasPublishedOnce() {
    String planId = published("cut");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    String flow = client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    stack.killStoreAtNextWrite(() -> stack.process("fhirStore").start());
    client.approve(task, "ann");
    client.draftIs(planId, "approved");
    client.flowIs(flow, "COMPLETED");
    assertThat(client.flow(flow).path("result").path("version").asString()).isEqualTo("2");
    assertThat(sources(planId)).containsExactly("urn:doundo:" + flow, "urn:somebody-else");
  }

  @Test
  @ResourceLock(INSTALLATION)
  void afterAKillOfEachProcessInTurnTheApprovalEndsAsIfNothingHadHappened() throws Exception {
    Map<String, String> plans = new LinkedHashMap<>();
    Map<String, String> flows = new HashMap<>();
    for (String name : stack.names()) {
      String planId = id("kill-" + name.toLowerCase(Locale.ROOT));
      client.save(planId, planId, plan("Gold", 10), "ann");
      plans.put(name, planId);
      flows.put(name, client.submit(planId, "eve"));
    }
    for (String name : stack.names()) {
      String planId = requireNonNull(plans.get(name));
      String flow = requireNonNull(flows.get(name));
      JsonNode task = client.task("ann", planId, "approval", 1);
      CuttingProxy.HeldWrite write = stack.holdNextWrite(planId);
      client.approve(task, "ann");
      write.awaitKept();
      assertThat(client.published(planId)).as("the write is under way").isEmpty();
      // It comes back while the approval goes on.
      stack.process(name).restart();
      write.letGo();
      client.draftIs(planId, "approved");
      assertThat(sources(planId))
          .as("after kill -9 of " + name)
          .containsExactly("urn:doundo:" + flow);
      client.flowIs(flow, "COMPLETED");
    }
  }

  @Test
  void aWriteThatIsStillOnItsWayComesTooLateAfterItsUndo() throws Exception {
    String changed = published("late-change");
    String created = id("late-create");
    client.save(changed, changed, plan("Gold plus", 10), "ann");
    client.save(created, created, plan("Silver", 10), "ann");
    String change = client.submit(changed, "eve");
    String creation = client.submit(created, "eve");
    CuttingProxy.HeldWrite ofChange = stack.holdNextWrite(changed);
    CuttingProxy.HeldWrite ofCreation = stack.holdNextWrite(created);
    client.approve(client.task("ann", changed, "approval", 1), "ann");
    client.approve(client.task("ann", created, "approval", 1), "ann");
    ofChange.awaitKept();
    ofCreation.awaitKept();
    client.cancel(change);
    client.cancel(creation);
    client.flowIs(change, "UNDONE");
    client.flowIs(creation, "UNDONE");
    ofChange.letGo();
    ofCreation.letGo();
    assertThat(ofChange.status()).isEqualTo(412);
    assertThat(ofCreation.status()).isEqualTo(412);
    assertThat(content(changed)).isEqualTo(plan("Gold", 10));
    assertThat(client.published(created)).isEmpty();
    assertThat(client.draft(changed).path("status").asString()).isEqualTo("draft");
  }
}
