package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of compiling one record: a result for each registration in it, in their order. A
 * record is accepted or refused as a whole.
 */
public record CompiledRegistration(List<Result> results) {

  /** The two roles of a registration, as in {@code as}. */
  public enum RegistrantRole {
    INITIATOR,
    WORKER
  }

  /** The outcome of one registration of the record. */
  public sealed interface Result {

    /** The orchestration's name; null when it could not be read. */
    @Nullable String orchestrationName();

    RegistrantRole role();

    /** The registering service; null when it does not name itself. */
    @Nullable String service();

    List<String> warnings();

    List<Problem> problems();
  }

  /**
   * A definition.
   *
   * @param status the new status of the name; null when it stays
   */
  public record Defined(
      Orchestration orchestration, List<String> warnings, @Nullable OrchestrationStatus status)
      implements Result {

    /** A definition that leaves the name's status as it is. */
    public Defined(Orchestration orchestration, List<String> warnings) {
      this(orchestration, warnings, null);
    }

    /** The same with other warnings. */
    public Defined with(List<String> others) {
      return new Defined(orchestration, others, status);
    }

    @Override
    public String orchestrationName() {
      return orchestration.name();
    }

    @Override
    public RegistrantRole role() {
      return RegistrantRole.INITIATOR;
    }

    @Override
    public @Nullable String service() {
      return orchestration.initiator();
    }

    @Override
    public List<Problem> problems() {
      return List.of();
    }
  }

  /** A registration without steps, which changes only the name's status. */
  public record StatusChanged(
      String orchestrationName,
      OrchestrationStatus status,
      List<String> warnings,
      @Nullable String service)
      implements Result {
    @Override
    public RegistrantRole role() {
      return RegistrantRole.INITIATOR;
    }

    @Override
    public List<Problem> problems() {
      return List.of();
    }
  }

  /** A worker that says what it serves. */
  public record Declared(WorkerDeclaration declaration, List<String> warnings) implements Result {
    @Override
    public String orchestrationName() {
      return declaration.orchestrationName();
    }

    @Override
    public RegistrantRole role() {
      return RegistrantRole.WORKER;
    }

    @Override
    public String service() {
      return declaration.service();
    }

    @Override
    public List<Problem> problems() {
      return List.of();
    }
  }

  /**
   * A registration with at least one problem.
   *
   * @param orchestrationName as the document says it, on one line, even when it is no valid name;
   *     null when it says none
   * @param service who registers, null when it does not say
   */
  public record Refused(
      @Nullable String orchestrationName,
      RegistrantRole role,
      List<Problem> problems,
      List<String> warnings,
      @Nullable String service)
      implements Result {

    /** Refuses what could have been accepted, for these further reasons. */
    public static Refused of(Result result, List<Problem> problems) {
      return new Refused(
          result.orchestrationName(), result.role(), problems, result.warnings(), result.service());
    }
  }

  private static final int MAX_REASON = 2_500;

  public CompiledRegistration {
    results = List.copyOf(results);
  }

  public boolean accepted() {
    return results.stream().allMatch(result -> result.problems().isEmpty());
  }

  /** All problems of all registrations, in their order. */
  public List<Problem> problems() {
    return results.stream().flatMap(result -> result.problems().stream()).toList();
  }

  /** The problems as one sentence, for a dead letter's reason and for logs; long lists are cut. */
  public String reason() {
    return reason(problems());
  }

  /** Problems as one sentence; long lists are cut. */
  public static String reason(List<Problem> problems) {
    if (problems.size() == 1) {
      return problems.get(0).toString();
    }
    StringBuilder text = new StringBuilder().append(problems.size()).append(" problems: ");
    for (int i = 0; i < problems.size(); i++) {
      text.append(i == 0 ? "" : "; ").append(problems.get(i));
      if (text.length() > MAX_REASON && i + 1 < problems.size()) {
        return text.append("; and ").append(problems.size() - i - 1).append(" more").toString();
      }
    }
    return text.toString();
  }
}
