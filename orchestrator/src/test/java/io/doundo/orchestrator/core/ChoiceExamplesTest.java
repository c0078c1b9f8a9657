package io.doundo.orchestrator.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The examples with choices and lanes take each of their paths. */
class ChoiceExamplesTest {

  private static final String FLOW = "flow-1";
  private static final Map<String, Object> ORDER =
      Map.of("order", 4711, "amount", 30, "country", "DE");

  private final CoreJourneyDriver driver = new CoreJourneyDriver();

  private void begin(String file, Map<String, Object> payload) {
    Orchestration definition = definition(file);
    driver.register(definition);
    driver.start(FLOW, definition.name(), payload);
  }

  private static Orchestration definition(String file) {
    try {
      CompiledRegistration compiled =
          RegistrationCompiler.compile(
              Files.readAllBytes(Path.of("..", "registration-examples", file)), Map.of());
      assertThat(compiled.problems()).isEmpty();
      return ((Defined) compiled.results().get(0)).orchestration();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Command> expect(String... commands) {
    List<Command> sent = driver.takeCommands();
    assertThat(sent)
        .extracting(command -> command.action() + " " + command.step())
        .containsExactlyInAnyOrder(commands);
    return sent;
  }

  private void succeed(Command command, Map<String, Object> result) {
    driver.succeed(FLOW, command, Echo.NOTHING, result);
  }

  private void succeed(String command, Map<String, Object> result) {
    succeed(expect(command).get(0), result);
  }

  private void succeed(String command) {
    succeed(command, Map.of());
  }

  private FlowState flow() {
    return driver.flow(FLOW);
  }

  private StepStatus step(String name) {
    Orchestration definition = definition("choice-registration.yaml");
    return flow().steps().get(definition.indexOf(name)).status();
  }

  /** The steps behind the choice, whichever branch was taken. */
  private void finish() {
    List<Command> lanes = expect("DO writeInvoice", "DO bookRevenue");
    succeed(lanes.get(0), Map.of());
    List<Command> next = expect("DO updateStock");
    succeed(lanes.get(1), Map.of());
    succeed("DO reportRevenue");
    succeed(next.get(0), Map.of());
    succeed("DO closeOrder");
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aGoodCustomersOrderGoesExpress() {
    begin("choice-registration.yaml", ORDER);
    succeed("DO rateCustomer", Map.of("score", 800));
    succeed("DO shipExpress");
    succeed("DO tellCustomer");
    finish();
    assertThat(step("shipParcel")).isEqualTo(StepStatus.NOT_TAKEN);
    assertThat(step("shipReviewed")).isEqualTo(StepStatus.NOT_TAKEN);
  }

  @Test
  void aSmallOrderGoesAsAParcel() {
    begin("choice-registration.yaml", ORDER);
    succeed("DO rateCustomer", Map.of("score", 400));
    succeed("DO shipParcel");
    finish();
  }

  @Test
  void anyOtherOrderIsReviewed() {
    Map<String, Object> abroad = new HashMap<>(ORDER);
    abroad.put("country", "FR");
    begin("choice-registration.yaml", abroad);
    succeed("DO rateCustomer", Map.of("score", 400));
    succeed("DO reviewOrder");
    succeed("DO shipReviewed");
    finish();
  }

  @Test
  void anOrderThatIsNotAsItShouldBeFailsBeforeAnythingIsSent() {
    begin("choice-registration.yaml", Map.of("order", 4711, "amount", 0, "country", "Germany"));
    expect();
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().reason())
        .contains("amount 0 is not positive", "country Germany is not a two-letter code");
  }

  @Test
  void onlyTheWayThatWasTakenIsUndone() {
    begin("choice-registration.yaml", ORDER);
    succeed("DO rateCustomer", Map.of("score", 400));
    succeed("DO shipParcel");
    List<Command> lanes = expect("DO writeInvoice", "DO bookRevenue");
    succeed(lanes.get(1), Map.of());
    driver.failForGood(FLOW, lanes.get(0), Echo.NOTHING, "the printer is on fire");
    succeed(expect("DO reportRevenue").get(0), Map.of());
    succeed("UNDO bookRevenue");
    succeed("UNDO shipParcel");
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void allCarriersAnswer() {
    begin("aggregator-registration.yaml", Map.of("order", 4711));
    List<Command> asked = expect("DO askNorth", "DO askSouth", "DO askWest");
    for (int i = 0; i < asked.size(); i++) {
      succeed(asked.get(i), Map.of("price", 10 + i, "terms", "many"));
    }
    assertThat(expect("DO offer").get(0).payload().toString())
        .contains("north=10", "south=11", "west=12")
        .doesNotContain("many");
  }

  @Test
  void carriersThatFailOrAreLateAreLeftOut() {
    begin("aggregator-registration.yaml", Map.of("order", 4711));
    List<Command> asked = expect("DO askNorth", "DO askSouth", "DO askWest");
    driver.fail(FLOW, asked.get(0), Echo.NOTHING, "closed", null);
    succeed(asked.get(1), Map.of("price", 11));
    expect();
    driver.pass(Duration.ofMillis(5_100));

    Command offer = expect("DO offer").get(0);
    assertThat(offer.payload()).containsEntry("order", 4711);
    assertThat(Objects.toString(offer.payload().get("quotes")))
        .contains("north=null", "south=11", "west=null");
    succeed(offer, Map.of());
    assertThat(flow().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void withoutAnyAnswerTheFlowFails() {
    begin("aggregator-registration.yaml", Map.of("order", 4711));
    expect("DO askNorth", "DO askSouth", "DO askWest");
    driver.pass(Duration.ofMillis(5_100));
    expect();
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(flow().reason()).contains("no carrier has answered in time");
  }
}
