package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The documented examples of steps with parts, and those among the registrations. */
class PartsExamplesTest {

  private static final Pattern EXAMPLE =
      Pattern.compile("```yaml\\n(orchestrationName: (\\w+)\\n.*?)```", Pattern.DOTALL);
  private static final Path EXAMPLES = Path.of("..", "registration-examples");

  private final TopologyDriver driver = new TopologyDriver();
  private final PlayedWorkers workers = new PlayedWorkers(driver);

  @AfterEach
  void close() {
    driver.close();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An example of docs/vocabulary.md. */
  private void registerDocumented(String name) {
    Matcher examples = EXAMPLE.matcher(read(Path.of("..", "docs", "vocabulary.md")));
    while (examples.find()) {
      if (examples.group(2).equals(name)) {
        driver.register(PartsDocuments.compiled(examples.group(1)));
        return;
      }
    }
    throw new AssertionError("docs/vocabulary.md has no example " + name);
  }

  private void registerExample(String file) {
    RegistrationCompiler.compile(read(EXAMPLES.resolve(file)).getBytes(UTF_8), Map.of())
        .results()
        .forEach(result -> driver.register(((Defined) result).orchestration()));
  }

  private void start(String orchestration, Object payload) {
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start(orchestration, "f", payload));
    go();
  }

  /** Starts a flow with a start event of the examples; the flow's id is that of the event. */
  private String startExample(String file) {
    String event = read(EXAMPLES.resolve(file)).strip();
    driver.send(Topics.EXECUTION_START, null, event);
    go();
    JsonNode headers = Json.MAPPER.readTree(event).get("headers");
    return headers.get("flowId").stringValue();
  }

  private void go() {
    for (int i = 0; i < 15; i++) {
      workers.work();
      driver.pass(Duration.ofMillis(100));
    }
    workers.work();
  }

  private void undo(String flowId) {
    workers.handled.clear();
    driver.send(Topics.CONTROL, flowId, WireRecords.control(flowId, "UNDO"));
    go();
    assertThat(driver.flow(flowId).status()).isEqualTo(FlowStatus.UNDONE);
    nothingIsLive();
  }

  private void nothingIsLive() {
    assertThat(driver.entries(StoreNames.FLOWS)).isZero();
    assertThat(driver.takeReasons()).isEmpty();
  }

  private void completes(String flowId) {
    assertThat(driver.flow(flowId).status()).isEqualTo(FlowStatus.COMPLETED);
    nothingIsLive();
  }

  @Test
  void theOrderGoesOnWithoutTheExtrasThatFail() {
    registerDocumented("giftOrder");
    workers.fails("f~extras~0 printCard");
    start("giftOrder", Map.of());

    completes("f");
    assertThat(driver.flow("f").steps().get(1).status()).isEqualTo(StepStatus.GIVEN_UP);
    assertThat(workers.handled)
        .containsExactly(
            "f DO reserveGoods",
            "f~extras~0 DO wrapGift",
            "f~extras~0 DO printCard",
            "f~extras~0 UNDO wrapGift",
            "f DO shipGoods");
    undo("f");
    assertThat(workers.handled).containsExactly("f UNDO shipGoods", "f UNDO reserveGoods");
  }

  @Test
  void aDeliveryIsAFlowOfAnotherOrchestration() {
    driver.register(
        PartsDocuments.compiled(
            """
            orchestrationName: shipParcel
            vocabulary: 2
            payload: { required: [ order ] }
            result: { tracking: "{{ steps.hand.result.code }}" }
            steps: [ { name: pack }, { name: hand } ]
            """));
    registerDocumented("bookOrder");
    workers.returns("hand", "{\"code\":\"T1\"}");
    start("bookOrder", Map.of("id", 7));

    completes("f");
    assertThat(workers.payloads)
        .containsEntry("f~delivery~0 DO pack", "{\"order\":7}")
        .containsEntry("f DO closeOrder", "{\"id\":7,\"tracking\":\"T1\"}");
    undo("f");
    assertThat(workers.handled)
        .containsExactly(
            "f UNDO closeOrder",
            "f~delivery~0 UNDO hand",
            "f~delivery~0 UNDO pack",
            "f UNDO reserveStock");
  }

  @Test
  void oneItemInTenMayFail() {
    registerDocumented("pickOrder");
    workers.returns("reserveItem", "{\"bin\":3}").fails("f~items~4 pickItem");
    List<Map<String, String>> items =
        IntStream.range(0, 10).mapToObj(i -> Map.of("sku", "s" + i)).toList();
    start("pickOrder", Map.of("items", items));

    completes("f");
    assertThat(workers.payloads)
        .containsEntry("f DO packOrder", "{\"picked\":9,\"missing\":1}")
        .containsEntry("f~items~4 DO reserveItem", "{\"sku\":\"s4\"}");
    assertThat(workers.handled).contains("f~items~4 UNDO reserveItem");
    undo("f");
    assertThat(workers.handled)
        .contains("f~items~9 UNDO pickItem", "f~items~0 UNDO reserveItem")
        .doesNotContain("f~items~4 UNDO reserveItem")
        .endsWith("f UNDO checkOrder");
  }

  @Test
  void oneMoreThanOneInTenAndAllAreTakenBack() {
    registerDocumented("pickOrder");
    workers.fails("f~items~4 pickItem").fails("f~items~7 pickItem");
    List<Map<String, String>> items =
        IntStream.range(0, 10).mapToObj(i -> Map.of("sku", "s" + i)).toList();
    start("pickOrder", Map.of("items", items));

    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").reason()).contains("2 of 10 parts failed");
    assertThat(workers.handled).endsWith("f UNDO checkOrder");
    nothingIsLive();
  }

  @Test
  void theFirstCarrierWinsAndTheOthersAreUndone() {
    registerDocumented("findCarrier");
    workers.staysSilent("f~offer~0 bookNorth");
    start("findCarrier", Map.of());
    workers.landsNow("f~offer~0", "bookNorth");
    go();

    completes("f");
    assertThat(workers.payloads).containsEntry("f DO confirmOffer", "{\"carrier\":\"south\"}");
    assertThat(workers.handled)
        .containsSubsequence("f~offer~0 UNDO bookNorth", "f DO confirmOffer");
    undo("f");
    assertThat(workers.handled).containsExactly("f UNDO confirmOffer", "f~offer~1 UNDO bookSouth");
  }

  @Test
  void aLoopEndsWhenItsConditionIsTrue() {
    registerDocumented("watchSite");
    workers.returns("probe", "{\"status\":\"up\"}");
    start("watchSite", Map.of());
    rounds(2, Duration.ofMinutes(5));

    completes("f");
    assertThat(workers.handled)
        .containsExactly(
            "f~watch~0 DO probe", "f~watch~0 DO alert", "f~watch~1 DO probe", "f~watch~2 DO probe");
  }

  private void rounds(int count, Duration every) {
    for (int i = 0; i < count; i++) {
      driver.leap(every);
      driver.pass(Duration.ofMillis(200));
      workers.work();
    }
    go();
  }

  @Test
  void aBatchPaysItsInvoicesAndPaysThemBack() {
    registerExample("batch-registration.yaml");
    workers.returns("payInvoice", "{\"id\":\"p\"}");
    String batch = startExample("invoice-batch-event.json");

    completes(batch);
    assertThat(workers.payloads)
        .containsEntry(batch + " DO closeBatch", "{\"paid\":2,\"failed\":[]}");
    undo(batch);
    assertThat(workers.handled)
        .containsSubsequence(
            batch + "~invoices~1 UNDO payInvoice", batch + "~invoices~0 UNDO payInvoice")
        .endsWith(batch + " UNDO openBatch");
  }

  @Test
  void aFilmIsRenderedInAsManyPiecesAsItHasScenes() {
    registerExample("fan-out-registration.yaml");
    workers
        .returns("cut", "{\"scenes\":[\"beach\",\"hills\",\"night\"]}")
        .returns("renderScene", "{\"file\":\"x.mov\"}");
    String film = startExample("render-film-event.json");

    completes(film);
    assertThat(workers.payloads)
        .containsEntry(
            film + "~scenes~2 DO renderScene",
            "{\"film\":\"holiday\",\"scene\":\"night\",\"number\":3}")
        .containsEntry(film + " DO join", "{\"files\":[\"x.mov\",\"x.mov\",\"x.mov\"]}");
    undo(film);
    assertThat(workers.handled).hasSize(5);
  }

  @Test
  void aMonitorLooksEveryFiveMinutesForADay() {
    registerExample("monitor-registration.yaml");
    workers.returns("probeSite", "{\"status\":\"up\"}");
    String monitor = startExample("site-monitor-event.json");
    rounds(100, Duration.ofMinutes(5));
    workers.returns("probeSite", "{\"status\":\"down\"}");
    rounds(187, Duration.ofMinutes(5));

    completes(monitor);
    assertThat(workers.handled)
        .filteredOn(one -> one.endsWith("DO alertOnChange"))
        .containsExactly(
            monitor + "~watch~0 DO alertOnChange", monitor + "~watch~101 DO alertOnChange");
    assertThat(workers.payloads)
        .containsEntry(
            monitor + " DO reportDay", "{\"url\":\"https://shop.example.com\",\"changes\":2}");
  }

  @Test
  void theCarrierThatConfirmsFirstKeepsTheParcel() {
    registerExample("carrier-race-registration.yaml");
    String race = startExample("carrier-race-event.json");
    driver.send(
        Topics.CONTROL,
        race,
        ("{\"controlId\":\"s-1\",\"flowId\":\"%s\",\"action\":\"SIGNAL\","
                + "\"signal\":\"southConfirmed\"}")
            .formatted(race));
    go();

    completes(race);
    assertThat(workers.payloads)
        .containsEntry(race + " DO printLabel", "{\"parcel\":4711,\"carrier\":\"south\"}");
    assertThat(workers.handled)
        .containsSubsequence(race + "~carrier~0 UNDO bookNorth", race + " DO printLabel");
    undo(race);
    assertThat(workers.handled)
        .containsExactly(
            race + " UNDO printLabel",
            race + "~carrier~1 UNDO bookSouth",
            race + " UNDO packParcel");
  }

  @Test
  void anOrderShipsWithASagaOfItsOwn() {
    registerExample("shipping-saga-registration.yaml");
    workers.returns("handOver", "{\"tracking\":\"T1\"}").fails("order-4712 closeOrder");
    String order = startExample("shipment-order-event.json");

    assertThat(driver.flow(order).status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(workers.payloads)
        .containsEntry(order + " DO notifyCustomer", "{\"order\":4712,\"tracking\":\"T1\"}");
    assertThat(workers.handled)
        .endsWith(
            order + " DO closeOrder",
            order + "~shipping~0 UNDO handOver",
            order + "~shipping~0 UNDO printDocuments",
            order + "~shipping~0 UNDO reserveCarrier",
            order + " UNDO reserveGoods");
    nothingIsLive();
  }
}
