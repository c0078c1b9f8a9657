package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Triggers on the command line. */
class TriggersCommandTest {

  @AutoClose private final FakeService service = new FakeService();

  @Test
  void triggersAreListed() {
    service.answer(
        "GET /api/triggers?orchestration=order",
        200,
        """
        {"triggers":[
          {"orchestration":"order","status":"ACTIVE","name":"paid","kind":"EVENT","source":"payments",
           "topic":"payments","from":"latest","when":"event.data.ok","signal":"paid"},
          {"orchestration":"order","status":"PAUSED","name":"in","kind":"WEBHOOK",
           "source":"POST /api/hooks/order/in","verify":"standard"}]}""");
    CommandResult ran = service.run("triggers", "--orchestration", "order");
    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out().lines().map(line -> line.replaceAll(" {2,}", " | ").strip()))
        .containsExactly(
            "TRIGGER | KIND | SOURCE | DOES | WHEN | ORCHESTRATION IS",
            "order/paid | event | payments | signals paid | event.data.ok | active",
            "order/in | webhook | POST /api/hooks/order/in (standard) | starts a flow | paused");
  }

  @Test
  void noTriggersAreSaidToBeNone() {
    service.answer("GET /api/triggers", 200, "{\"triggers\":[]}");
    assertThat(service.run("triggers").out().strip()).isEqualTo("No triggers.");
  }
}
