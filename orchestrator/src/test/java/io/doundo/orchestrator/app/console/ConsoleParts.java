package io.doundo.orchestrator.app.console;

import static io.doundo.orchestrator.app.console.RunningConsole.HOSTILE_TEXT;
import static io.doundo.orchestrator.app.console.RunningConsole.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tree of the parts of a flow. */
abstract class ConsoleParts extends ConsoleScenarios {

  /** Three lists in which each item holds a saga; the last step of each saga is not answered. */
  private static final String DOCUMENT =
      """
      orchestrationName: stocktaking
      vocabulary: 2
      steps:
        - name: shelves
          forEach: "['top', 'middle', 'bottom']"
          as: shelf
          atOnce: 2
          tolerate: 1
          do:
            - { name: look, input: { shelf: "{{ shelf }}" } }
            - name: correct
              do:
                - { name: count }
                - { name: book, timeout: 10m }
      """;

  ConsoleParts(RunningConsole console) {
    super(console);
  }

  private static String part(String flowId) {
    return "[...document.querySelectorAll('ul.tree > li')]"
        + ".find(li => li.querySelector('a').textContent === '"
        + flowId
        + "')";
  }

  private void twist(String flowId) {
    browser.awaitTrue(part(flowId));
    browser.run(part(flowId) + ".querySelector('button.twist').click()");
  }

  private void awaitPart(String flowId, String text) {
    browser.awaitTrue(part(flowId) + "?.innerText.includes(arguments[0])", text);
  }

  private void answerBook(String flowId) {
    String headers =
        Json.MAPPER
            .createObjectNode()
            .put("flowId", flowId)
            .put("stepName", "book")
            .put("action", "DO")
            .put("status", true)
            .toString();
    worker.send(Topics.RESPONSE, "{\"headers\":" + headers + ",\"payload\":{}}");
  }

  private void begin(String flowId) {
    worker.silence("book");
    console.register(DOCUMENT);
    console.begin("stocktaking", flowId, "IN_PROGRESS");
    for (String item : List.of("0", "1")) {
      String inner = flowId + "~shelves~" + item + "~correct~0";
      await(inner).atMost(PATIENCE).until(() -> worker.received(inner, "DO", "book") != null);
    }
  }

  @Test
  void aTreeOfPartsIsOpenedLevelByLevelAndFollowsWhatHappensInIt() {
    begin("stock-1");
    go("flows/stock-1");
    browser.awaitText("3 parts: 2 running, 1 left");
    assertThat(browser.text()).doesNotContain("stock-1~shelves~0~correct~0");

    twist("stock-1~shelves~0");
    awaitPart("stock-1~shelves~0", "Moves: correct in progress.");
    awaitPart("stock-1~shelves~0", "1 part: 1 running");
    twist("stock-1~shelves~0~correct~0");
    awaitPart("stock-1~shelves~0~correct~0", "Moves: book in progress.");

    // The flow at the top does not move when the innermost one does.
    answerBook("stock-1~shelves~0~correct~0");
    awaitPart("stock-1~shelves~0~correct~0", "Has completed.");
    awaitPart("stock-1~shelves~0", "Has completed.");
    browser.awaitText("3 parts: 1 done, 2 running");
    awaitPart("stock-1~shelves~2", "in progress");

    twist("stock-1~shelves~0");
    browser.awaitTrue("!(" + part("stock-1~shelves~0~correct~0") + ")");
  }

  @Test
  void aPartLeadsToItsPageAndItsPageToTheFlowAbove() {
    begin("stock-2");
    go("flows/stock-2");
    browser.awaitTrue(part("stock-2~shelves~1"));
    browser.run(part("stock-2~shelves~1") + ".querySelector('a').click()");
    browser.awaitTrue("location.pathname.endsWith('stock-2~shelves~1')");
    browser.awaitTrue(part("stock-2~shelves~1~correct~0"));

    click("stock-2");
    browser.awaitTrue("location.pathname.endsWith('/stock-2')");
  }

  @Test
  void aTreeIsAccessibleFitsAndShowsWhatWorkersWroteAsText() {
    worker.breakStep("peek", HOSTILE_TEXT);
    console.register(DOCUMENT.replace("stocktaking", "brokenShelves").replace("look", "peek"));
    console.begin("brokenShelves", "stock-3", "UNDONE");
    go("flows/stock-3");
    browser.awaitText("failed");
    twist("stock-3~shelves~0");
    awaitPart("stock-3~shelves~0", "Is undone");

    assertAccessible("a tree of parts");
    assertThat(browser.text()).doesNotContain("undefined", "[object", "NaN", "\u202E");
    assertThat(browser.is("document.querySelector('#app img, #app script, #app b')")).isFalse();
    assertFitsOnAPhone("a tree of parts");
  }
}
