package io.doundo.orchestrator.api.trigger;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.TriggerView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Shows what starts flows besides initiators. */
@RestController
@Tag(name = "Schedules")
class TriggerController {

  private final Definitions definitions;

  TriggerController(Definitions definitions) {
    this.definitions = definitions;
  }

  /** The triggers of the newest versions. */
  record TriggerList(List<OwnedTrigger> triggers) {}

  /**
   * A trigger with its orchestration.
   *
   * @param status of the orchestration: only an active one accepts starts
   */
  record OwnedTrigger(
      String orchestration, OrchestrationStatus status, @JsonUnwrapped TriggerView trigger) {}

  @Operation(
      summary = "List triggers",
      description =
          "Schedules, events and webhooks of the newest version of each orchestration, or of one. How"
              + " a schedule stands is shown at /api/schedules.")
  @GetMapping("/api/triggers")
  TriggerList all(
      @RequestParam(name = "orchestration", required = false) @Nullable String orchestration) {
    String wanted = FlowFilter.present(orchestration);
    List<Definitions.Triggered> triggered =
        wanted == null
            ? definitions.triggered().triggered()
            : definitions.triggered(wanted).stream().toList();
    return new TriggerList(
        triggered.stream()
            .flatMap(
                one ->
                    one.definition().triggers().stream()
                        .map(
                            trigger ->
                                new OwnedTrigger(
                                    one.definition().name(),
                                    one.status(),
                                    TriggerView.of(one.definition().name(), trigger))))
            .toList());
  }
}
