package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A flow is followed until it settles, each entry printed once, whatever the service supports. */
@Timeout(120)
class WatchCommandTest {

  private static final String FLOW = "GET /api/flows/f";
  private static final String TIMELINE = FLOW + "/timeline";
  private static final String EVENTS = FLOW + "/events";

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void itFollowsTheEventStreamToTheEnd() {
    service
        .answer(FLOW, 200, flow("IN_PROGRESS"))
        .answer(FLOW, 200, flow("COMPLETED"))
        .answer(TIMELINE, 200, timeline(entry(1, "FLOW_STARTED", "IN_PROGRESS")))
        .answer(
            TIMELINE,
            200,
            timeline(
                entry(1, "FLOW_STARTED", "IN_PROGRESS"),
                entry(2, "STEP_SUCCESS", "COMPLETED"),
                entry(2, "FLOW_COMPLETED", "COMPLETED")))
        .answer(
            EVENTS,
            200,
            "text/event-stream",
            ":still here\n\nid:2\nevent:transition\ndata:["
                + entry(2, "STEP_SUCCESS", "COMPLETED")
                + ','
                + entry(2, "FLOW_COMPLETED", "COMPLETED")
                + "]\n\n");

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isZero();
    assertThat(types(ran))
        .containsExactly("FLOW_STARTED", "STEP_SUCCESS", "FLOW_COMPLETED", "f is COMPLETED");
    assertThat(service.asked())
        .filteredOn(asked -> asked.request().equals(EVENTS))
        .allSatisfy(asked -> assertThat(asked.headers().getFirst("Last-Event-ID")).isEqualTo("1"));
  }

  @Test
  void onATerminalTheFlowIsRedrawnWithTheReasonWhyItWaits() {
    String steps = ",\"steps\":[{\"name\":\"pay\",\"status\":\"IN_PROGRESS\"}]}";
    service
        .answer(FLOW, 200, flow("IN_PROGRESS").replace("}", steps))
        .answer(FLOW, 503, "application/problem+json", "{\"detail\":\"restarts\"}")
        .answer(FLOW, 200, flow("COMPLETED").replace("}", steps))
        .answer(FLOW + "/why", 200, "{\"headline\":\"bank does not answer\"}");
    System.setProperty("doundo.terminal", "true");
    try {
      CommandResult ran = service.run("watch", "f");

      assertThat(ran.code()).as(ran.err()).isZero();
      assertThat(ran.out().split("\u001b\\[2J", -1)).as("screens").hasSize(3);
      assertThat(ran.out()).contains("pay", "bank does not answer").contains("COMPLETED");
      assertThat(ran.err()).contains("waiting for it");
    } finally {
      System.clearProperty("doundo.terminal");
    }
  }

  @Test
  void withoutAnEventStreamItAsksAgain() {
    service
        .answer(FLOW, 200, flow("IN_PROGRESS"))
        .answer(FLOW, 200, flow("UNDONE"))
        .answer(TIMELINE, 200, timeline(entry(1, "FLOW_STARTED", "IN_PROGRESS")))
        .answer(
            TIMELINE,
            200,
            timeline(entry(1, "FLOW_STARTED", "IN_PROGRESS"), entry(2, "FLOW_UNDONE", "UNDONE")))
        .answer(EVENTS, 503, "{}");

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isEqualTo(6);
    assertThat(types(ran)).containsExactly("FLOW_STARTED", "FLOW_UNDONE", "f is UNDONE");
  }

  @Test
  void itWaitsForTheLastEntryOfAFlowThatIsSeenEnded() {
    service
        .answer(FLOW, 200, flow("COMPLETED"))
        .answer(TIMELINE, 200, timeline(entry(1, "FLOW_STARTED", "IN_PROGRESS")))
        .answer(
            TIMELINE,
            200,
            timeline(
                entry(1, "FLOW_STARTED", "IN_PROGRESS"), entry(2, "FLOW_COMPLETED", "COMPLETED")));

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isZero();
    assertThat(types(ran)).containsExactly("FLOW_STARTED", "FLOW_COMPLETED", "f is COMPLETED");
  }

  @Test
  void aParkedFlowRests() {
    service
        .answer(FLOW, 200, flow("PARKED"))
        .answer(TIMELINE, 200, timeline(entry(1, "FLOW_PARKED", "PARKED")));

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isEqualTo(6);
    assertThat(types(ran)).containsExactly("FLOW_PARKED", "f is PARKED");
  }

  @Test
  void aServiceThatIsAwayForAMomentIsWaitedFor() {
    service
        .answer(FLOW, 200, flow("IN_PROGRESS"))
        .answer(FLOW, 503, "{\"title\":\"not ready\"}")
        .answer(FLOW, 200, flow("COMPLETED"))
        .answer(TIMELINE, 200, timeline(entry(1, "FLOW_COMPLETED", "COMPLETED")))
        .answer(EVENTS, 503, "{}");

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isZero();
    assertThat(ran.err().strip())
        .isEqualTo("The service is unreachable or not ready; waiting for it.");
  }

  @Test
  void anUnknownFlowIsSaidToBeUnknown() {
    service.answer(FLOW, 404, "{\"title\":\"No such flow\",\"detail\":\"There is no flow f\"}");

    CommandResult ran = service.run("watch", "f");

    assertThat(ran.code()).isEqualTo(4);
    assertThat(ran.err().strip()).isEqualTo("No such flow: There is no flow f");
  }

  private static List<String> types(CommandResult ran) {
    return ran.out()
        .lines()
        .map(line -> line.startsWith("  ") ? line.strip().split(" +", -1)[2] : line)
        .toList();
  }

  private static String flow(String status) {
    return "{\"flowId\":\"f\",\"status\":\"" + status + "\"}";
  }

  private static String timeline(String... entries) {
    return "{\"flowId\":\"f\",\"complete\":true,\"events\":[" + String.join(",", entries) + "]}";
  }

  private static String entry(int transition, String type, String status) {
    return "{\"transition\":%d,\"type\":\"%s\",\"timestamp\":\"2026-01-31T12:00:00Z\",\"status\":\"%s\"}"
        .formatted(transition, type, status);
  }
}
