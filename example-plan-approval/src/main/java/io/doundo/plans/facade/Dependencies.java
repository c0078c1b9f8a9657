package io.doundo.plans.facade;

import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.InvalidPlanException;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.plans.http.UnreachableException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import tools.jackson.databind.node.ObjectNode;

/**
 * The three services that hold everything. Each call is timed, with its outcome; a service that
 * does not answer is a problem that names it.
 */
final class Dependencies {

  /** Their names in answers and meters. */
  enum Dependency {
    DRAFTS("drafts"),
    FHIR_STORE("fhirStore"),
    ORCHESTRATOR("orchestrator");

    private final String word;

    Dependency(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  private enum Outcome {
    OK,
    REFUSED,
    UNAVAILABLE
  }

  private static final String CALLS = "plan.dependency";

  private final DraftStore drafts;
  private final PublishedPlans plans;
  private final Orchestrator orchestrator;
  private final MeterRegistry meters;

  Dependencies(
      DraftStore drafts, PublishedPlans plans, Orchestrator orchestrator, MeterRegistry meters) {
    this.drafts = drafts;
    this.plans = plans;
    this.orchestrator = orchestrator;
    this.meters = meters;
  }

  <T> T drafts(String operation, Function<DraftStore, T> call) {
    return timed(Dependency.DRAFTS, operation, drafts, call);
  }

  <T> T plans(String operation, Function<PublishedPlans, T> call) {
    return timed(Dependency.FHIR_STORE, operation, plans, call);
  }

  /**
   * Asks the FHIR store whether it would accept a plan.
   *
   * @throws Problem when it would not, or does not answer
   */
  void requireValid(ObjectNode plan) {
    plans(
        "validate",
        store -> {
          store.validate(plan);
          return true;
        });
  }

  <T> T orchestrator(String operation, Function<Orchestrator, T> call) {
    return timed(Dependency.ORCHESTRATOR, operation, orchestrator, call);
  }

  private <S, T> T timed(Dependency dependency, String operation, S service, Function<S, T> call) {
    Timer.Sample sample = Timer.start(meters);
    Outcome outcome = Outcome.UNAVAILABLE;
    try {
      T answer = call.apply(service);
      outcome = Outcome.OK;
      return answer;
    } catch (InvalidPlanException e) {
      outcome = Outcome.REFUSED;
      throw new Problem(Problem.Kind.INVALID_PLAN, String.valueOf(e.getMessage()), null, e);
    } catch (Problem e) {
      outcome = Outcome.REFUSED;
      throw e;
    } catch (UnreachableException e) {
      throw unavailable(dependency, e);
    } catch (DataAccessException e) {
      throw unavailable(dependency, NestedExceptionUtils.getMostSpecificCause(e));
    } finally {
      sample.stop(
          meters.timer(
              CALLS,
              "dependency",
              dependency.word(),
              "operation",
              operation,
              "outcome",
              outcome.name().toLowerCase(Locale.ROOT)));
    }
  }

  private static Problem unavailable(Dependency dependency, Throwable cause) {
    return new Problem(
        Problem.Kind.DEPENDENCY_UNAVAILABLE,
        "%s does not answer: %s; try again".formatted(dependency.word(), cause.getMessage()),
        Map.of("dependency", dependency.word()),
        cause);
  }
}
