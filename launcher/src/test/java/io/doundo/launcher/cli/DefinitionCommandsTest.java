package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registrations and definitions on the command line. */
class DefinitionCommandsTest {

  @TempDir Path directory;

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void aRegistrationIsSentAsItIsAndItsOutcomeShown() throws IOException {
    Path file = Files.writeString(directory.resolve("order.yaml"), "orchestrationName: order\n");
    service.answer(
        "POST /api/orchestrations",
        200,
        """
        {"registrations":[{"orchestrationName":"order","as":"initiator","status":"SUCCESS",
          "definition":"order@0123456789abcdef","version":2,"changed":true,
          "warnings":["steps[0].colour: unknown field, ignored"],"problems":[]},
         {"orchestrationName":"order","as":"worker","serviceName":"stock","warnings":[]}]}""");

    CommandResult ran = service.run("register", file.toString(), "--service", "shop");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines())
        .containsExactly(
            "order version 2 registered (order@0123456789abcdef).",
            "  warning: steps[0].colour: unknown field, ignored",
            "Worker stock declared for order.");
    assertThat(service.asked())
        .singleElement()
        .satisfies(
            asked -> {
              assertThat(asked.body()).isEqualTo("orchestrationName: order\n");
              assertThat(asked.headers().getFirst("Content-Type")).isEqualTo("application/yaml");
              assertThat(asked.headers().getFirst("X-Service-Name")).isEqualTo("shop");
            });
  }

  @Test
  void aRefusedRegistrationListsEveryProblemWithItsPlace() throws IOException {
    Path file = Files.writeString(directory.resolve("bad.json"), "{}");
    service.answer(
        "POST /api/orchestrations",
        400,
        "application/problem+json",
        """
        {"title":"The registration was refused","status":400,"detail":"2 problems: …","problems":[
          {"document":0,"path":"steps[1].name","line":7,"column":11,"message":"must not contain a dot"},
          {"document":0,"path":"type","message":"must be one of sequential, parallel, graph"}]}""");

    CommandResult ran = service.run("register", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err().lines())
        .containsExactly(
            "The registration was refused:",
            "  steps[1].name (line 7, column 11): must not contain a dot",
            "  type: must be one of sequential, parallel, graph");
  }

  @Test
  void anOrchestrationThatIsNearlyOneOfThoseRegisteredIsSuggested() {
    String unknown =
        "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"title\":\"No such orchestration\","
            + "\"detail\":\"Register it, or use ?allowUnregistered=true\"}";
    service
        .answer("POST /api/orchestrations/execute", 404, "application/problem+json", unknown)
        .answer("GET /api/orchestrations/tenantCreatoin", 404, "application/problem+json", unknown)
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"order\"},{\"name\":\"tenantCreation\"}]}");

    CommandResult start = service.run("start", "tenantCreatoin");
    CommandResult show = service.run("definitions", "tenantCreatoin");

    assertThat(start.code()).isEqualTo(4);
    assertThat(start.err())
        .contains("\"tenantCreatoin\" is not registered. Did you mean \"tenantCreation\"?")
        .contains("--allow-unregistered")
        .doesNotContain("?allowUnregistered");
    assertThat(show.code()).isEqualTo(4);
    assertThat(show.err()).contains("Did you mean \"tenantCreation\"?");
  }

  @Test
  void theNameItselfIsNotSuggestedWhenItIsRegisteredMeanwhile() {
    service
        .answer(
            "POST /api/orchestrations/execute",
            404,
            "application/problem+json",
            "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"title\":\"No such"
                + " orchestration\"}")
        .answer("GET /api/orchestrations", 200, "{\"orchestrations\":[{\"name\":\"order\"}]}");

    CommandResult start = service.run("start", "order");

    assertThat(start.code()).isEqualTo(4);
    assertThat(start.err())
        .contains("\"order\" is not registered. Register it")
        .doesNotContain("Did you mean");
  }

  @ParameterizedTest
  @CsvSource({
    "activate,active,accepts starts",
    "pause,paused,accepts no starts",
    "retire,retired,accepts no starts",
    "draft,draft,accepts no starts"
  })
  void theStatusOfAnOrchestrationIsChangedByAWord(String verb, String word, String effect) {
    service.answer("GET /api/orchestrations/order", 200, "{\"name\":\"order\"}");
    service.answer(
        "POST /api/orchestrations",
        200,
        "{\"registrations\":[{\"orchestrationName\":\"order\",\"changed\":true}]}");

    CommandResult ran = service.run("definitions", verb, "order");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().strip())
        .isEqualTo("order is " + word + ": it " + effect + "; running flows continue.");
    assertThat(service.asked().get(1).body())
        .isEqualTo("{\"orchestrationName\":\"order\",\"status\":\"" + word + "\"}");
  }

  @Test
  void theStatusOfAnUnknownOrchestrationIsNotChanged() {
    service.answer(
        "GET /api/orchestrations/ordr",
        404,
        "application/problem+json",
        "{\"type\":\"urn:doundo:problem:unknown-orchestration\",\"title\":\"No such"
            + " orchestration\",\"detail\":\"not registered\"}");
    service.answer("GET /api/orchestrations", 200, "{\"orchestrations\":[{\"name\":\"order\"}]}");

    CommandResult ran = service.run("definitions", "pause", "ordr");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err()).contains("Did you mean \"order\"?");
    assertThat(service.asked()).noneMatch(asked -> asked.body().contains("paused"));
  }

  @Test
  void aFewOfManyUnservedStepsAreNamed() {
    service.answer(
        "GET /api/orchestrations",
        200,
        """
        {"orchestrations":[{"name":"wide","version":1,"type":"PARALLEL","steps":200,
          "initiator":"shop","registeredAt":"2026-01-31T12:00:00Z","unservedSteps":[%s]}]}"""
            .formatted(
                IntStream.rangeClosed(1, 200)
                    .mapToObj(i -> "\"step" + i + "\"")
                    .collect(Collectors.joining(","))));

    assertThat(service.run("definitions").out().lines().skip(1))
        .singleElement()
        .asString()
        .endsWith("step1, step2, step3 and 197 more");
  }

  @Test
  void definitionsShowTheirTitlesCategoriesAndLabelsWhereThereAreAny() {
    service
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"order\",\"title\":\"Orders\",\"labels\":[\"shop\",\"eu\"]},"
                + "{\"name\":\"plain\",\"labels\":[]}]}")
        .answer(
            "GET /api/orchestrations",
            200,
            "{\"orchestrations\":[{\"name\":\"plain\",\"labels\":[]}]}");

    assertThat(service.run("definitions").out())
        .contains("TITLE", "LABELS", "Orders", "shop, eu")
        .doesNotContain("CATEGORY");
    assertThat(service.run("definitions").out()).doesNotContain("TITLE", "LABELS");
  }

  @Test
  void definitionsAreListedAndShown() {
    service
        .answer(
            "GET /api/orchestrations",
            200,
            """
            {"orchestrations":[{"name":"order","version":2,"type":"SEQUENTIAL","steps":1,
              "initiator":"shop","registeredAt":"2026-01-31T12:00:00Z","unservedSteps":["charge"]}]}""")
        .answer(
            "GET /api/orchestrations/order",
            200,
            """
            {"name":"order","version":2,"type":"SEQUENTIAL","definition":"order@00","steps":[
              {"seq":1,"name":"charge","dependsOn":[],"retry":{"maxAttempts":3},"timeout":"PT5M",
               "pivot":true,"undoable":false,"servedBy":["bank"]}],
             "versions":[{"version":2,"hash":"00","registeredAt":"2026-01-31T12:00:00Z",
               "requestedBy":"alice"}]}""");

    assertThat(service.run("definitions").out()).contains("order", "SEQUENTIAL", "shop", "charge");
    assertThat(service.run("definitions", "order").out())
        .contains("order@00", "charge", " 5m ", "pivot, no undo", "bank")
        .containsPattern("2 +00 +\\S+ \\S+ +alice");
  }

  @Test
  void choicesAndLanesAreShown() {
    service.answer(
        "GET /api/orchestrations/order",
        200,
        """
        {"name":"order","version":1,"type":"SEQUENTIAL","definition":"order@00","steps":[
          {"seq":1,"name":"route","kind":"choice","dependsOn":[],"after":[],"branches":["x",null],
           "retry":{"maxAttempts":3},"timeout":"PT5M","undoable":false},
          {"seq":2,"name":"express","kind":"remote","dependsOn":["route"],"after":["other"],
           "guard":{"choice":"route","branch":0},"when":"payload.x","retry":{"maxAttempts":3},
           "timeout":"PT5M","undoable":true}],
         "versions":[]}""");

    assertThat(service.run("definitions", "order").out().lines())
        .anySatisfy(line -> assertThat(line).matches(" +1 +route +choice of 2 *"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .matches(
                        " +2 +express +route +3 +5m"
                            + " +branch 0 of route, when payload.x, not beside other *"));
  }
}
