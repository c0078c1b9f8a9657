package io.doundo.plans.page;

import static io.doundo.plans.testing.PlanClient.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.doundo.plans.json.PlanJson;
import io.doundo.plans.testing.PlanJourneys;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The client library in Node.js on the whole installation. Skipped where there is no Node.js. */
class ClientLibraryIT extends PlanJourneys {

  private JsonNode submitted(String... drafts) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "node", "src/test/js/submit.js", stack.facadeUrl() + "/api", stack.key(), "eve"));
    command.addAll(List.of(drafts));
    Process node = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).as(output).isZero();
    return PlanJson.MAPPER.readTree(output);
  }

  @Test
  void itSubmitsMergesAndHandsAClashToAPerson() throws Exception {
    assumeTrue(
        Browser.program("node").isPresent(), "needs node in the PATH: apt-get install nodejs");
    String fresh = id("fresh");
    client.save(fresh, fresh, plan("Gold", 10), "ann");
    String apart = published("apart");
    client.save(apart, apart, plan("Gold plus", 10), "ann");
    client.publish(apart, plan("Gold", 20));
    String clash = published("same");
    client.save(clash, clash, plan("Gold", 15), "ann");
    client.publish(clash, plan("Gold", 20));

    JsonNode answers = submitted(fresh, apart, clash, "no-draft");

    assertThat(answers.path(0).path("success").asBoolean()).isTrue();
    assertThat(answers.path(0).path("autoMerged").asBoolean(true)).isFalse();
    assertThat(client.task("ann", fresh, "approval", 1).path("processInstanceId"))
        .isEqualTo(answers.path(0).path("processId"));
    assertThat(answers.path(1).path("autoMerged").asBoolean()).isTrue();
    client.approve(client.task("ann", apart, "approval", 1), "ann");
    client.draftIs(apart, "approved");
    assertThat(content(apart)).isEqualTo(plan("Gold plus", 20));
    assertThat(answers.path(2).path("requiresManualMerge").asBoolean()).isTrue();
    assertThat(answers.path(2).path("conflictDetails").path("conflicts").path(0).path("path"))
        .hasToString("\"coverage[medical].benefit[visit].requirement\"");
    assertThat(client.draft(clash).path("status").asString()).isEqualTo("draft");
    assertThat(answers.path(3).path("error").asString()).isEqualTo("draft_not_found");
  }
}
