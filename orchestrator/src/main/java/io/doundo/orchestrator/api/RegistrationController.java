package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.OrchestrationView;
import io.doundo.orchestrator.query.definition.RegistrationStatuses;
import io.doundo.orchestrator.query.definition.RegistrationStatuses.Written;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Registers orchestrations and workers. */
@RestController
@Tag(name = "Orchestrations")
public class RegistrationController {

  /** Topics are created before the answer, which takes a while when there are many steps. */
  private static final Duration STATUS_WAIT = Duration.ofSeconds(30);

  private static final Duration VISIBLE_WAIT = Duration.ofSeconds(5);

  private final RecordSender sender;
  private final RegistrationStatuses statuses;
  private final Definitions definitions;
  private final RegistrationBlockProbe blockProbe;

  RegistrationController(
      RecordSender sender,
      RegistrationStatuses statuses,
      Definitions definitions,
      RegistrationBlockProbe blockProbe) {
    this.sender = sender;
    this.statuses = statuses;
    this.definitions = definitions;
    this.blockProbe = blockProbe;
  }

  /** The status record of each registration in the document. */
  public record RegistrationList(List<JsonNode> registrations) {}

  @Operation(
      summary = "Register orchestrations or workers",
      description =
          "Accepts the documents of the topic orchestrator.registration, JSON or YAML, whatever"
              + " the content type. Answers once the definitions are active and their topics"
              + " exist. A refused document changes nothing, and the answer lists every problem."
              + " A document with status (draft, active, paused, retired) and without steps changes"
              + " only whether the orchestration accepts starts.")
  @PostMapping({"/api/orchestrations", "/api/orchestration/register"})
  RegistrationList register(HttpServletRequest request, Principal principal) {
    return register(
        RequestBodies.bytes(request),
        RequestBodies.serviceHeaders(request),
        RequestBodies.caller(principal));
  }

  /**
   * Registers a document, and waits until the next request finds what it registers.
   *
   * @param headers that name the registering service
   * @throws ApiProblem when it is refused, with all problems, or when its outcome is not known in
   *     time
   */
  public RegistrationList register(byte[] document, Map<String, String> headers, String caller) {
    CompiledRegistration compiled = RegistrationCompiler.compile(document, headers);
    if (!compiled.accepted()) {
      throw refused(compiled);
    }
    blockProbe
        .current()
        .ifPresent(
            held -> {
              throw blocked("The document was not written; register it again later. ", held);
            });
    Map<String, String> recordHeaders = new HashMap<>(headers);
    recordHeaders.put(RecordHeaders.REQUESTED_BY, caller);
    int expected = compiled.results().size();
    List<JsonNode> collected =
        statuses.collect(
            () -> write(document, recordHeaders),
            expected,
            STATUS_WAIT,
            () -> blockProbe.current().isPresent());
    if (collected.size() < expected) {
      blockProbe
          .current()
          .ifPresent(
              held -> {
                throw blocked("The document was written and is queued. ", held);
              });
      throw new ApiProblem(
          ProblemKind.NO_ANSWER,
          "The document was written to %s, but its status did not arrive within %d s."
                  .formatted(Topics.REGISTRATION, STATUS_WAIT.toSeconds())
              + " It may still become active; see "
              + Topics.REGISTRATION_STATUS
              + '.',
          Map.of("registrations", collected),
          null);
    }
    requireSuccess(collected);
    collected.forEach(this::awaitVisible);
    return new RegistrationList(collected);
  }

  private static ApiProblem blocked(String consequence, String held) {
    return new ApiProblem(
        ProblemKind.REGISTRATIONS_HELD_UP,
        consequence + "Registrations are blocked " + held,
        Map.of(),
        null);
  }

  private static void requireSuccess(List<JsonNode> statuses) {
    List<JsonNode> failed =
        statuses.stream()
            .filter(status -> !status.path("status").asString("").equals("SUCCESS"))
            .toList();
    if (!failed.isEmpty()) {
      List<JsonNode> problems = new ArrayList<>();
      failed.forEach(status -> status.path("problems").forEach(problems::add));
      throw new ApiProblem(
          ProblemKind.REGISTRATION_REFUSED,
          "The orchestrator could not activate the registration.",
          Map.of("problems", problems),
          null);
    }
  }

  private Written write(byte[] document, Map<String, String> headers) {
    try {
      RecordMetadata written = sender.send(Topics.REGISTRATION, null, document, headers).join();
      return new Written(written.topic(), written.partition(), written.offset());
    } catch (CompletionException e) {
      throw e.getCause() instanceof ApiProblem problem ? problem : e;
    }
  }

  private static ApiProblem refused(CompiledRegistration compiled) {
    List<Problem> problems = compiled.problems();
    return new ApiProblem(
        ProblemKind.REGISTRATION_REFUSED, compiled.reason(), Map.of("problems", problems), null);
  }

  /** Lets the next request find the registrations of this one. */
  private void awaitVisible(JsonNode status) {
    String name = status.path("orchestrationName").asString("");
    String definition = status.path("definition").asString("");
    String word = status.path("orchestrationStatus").asString("");
    long begin = System.nanoTime();
    boolean wait = !definition.isEmpty() || !word.isEmpty();
    while (wait && System.nanoTime() - begin < VISIBLE_WAIT.toNanos()) {
      wait = !isVisible(name, definition, word) && pause();
    }
  }

  /**
   * @param definition empty if only the status has changed; a name that is not registered has no
   *     definition
   */
  private boolean isVisible(String name, String definition, String status) {
    try {
      Optional<OrchestrationView> newest = definitions.newest(name);
      return definition.isEmpty()
          ? newest.map(view -> view.status().name().equals(status)).orElse(true)
          : newest
              .filter(view -> view.definition().equals(definition))
              .filter(view -> status.isEmpty() || view.status().name().equals(status))
              .isPresent();
    } catch (ReadsUnavailableException e) {
      return true;
    }
  }

  private static boolean pause() {
    try {
      Thread.sleep(10);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
