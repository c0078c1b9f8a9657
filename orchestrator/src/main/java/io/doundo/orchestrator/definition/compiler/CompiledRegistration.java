package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of compiling one record: a result for each registration in it, in their order. A
 * record is accepted or refused as a whole.
 */
public record CompiledRegistration(List<Result> results) {

  /** The two roles of a registration, as in {@code as}. */
  public enum Role {
    INITIATOR,
    WORKER
  }

  /** What became of one registration of the record. */
  public sealed interface Result {

    /** The orchestration's name; null when it could not be read. */
    @Nullable String orchestrationName();

    Role role();

    List<String> warnings();

    List<Problem> problems();
  }

  /** A definition. */
  public record Defined(Orchestration orchestration, List<String> warnings) implements Result {
    @Override
    public String orchestrationName() {
      return orchestration.name();
    }

    @Override
    public Role role() {
      return Role.INITIATOR;
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
    public Role role() {
      return Role.WORKER;
    }

    @Override
    public List<Problem> problems() {
      return List.of();
    }
  }

  /** A registration with at least one problem. */
  public record Refused(
      @Nullable String orchestrationName, Role role, List<Problem> problems, List<String> warnings)
      implements Result {}

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

  /** The problems as text, one a line, for a dead letter's reason. */
  public String reason() {
    List<Problem> problems = problems();
    Stream<String> lines = problems.stream().map(Problem::toString);
    return problems.size() == 1
        ? lines.findFirst().orElseThrow()
        : problems.size() + " problems: " + String.join("; ", lines.toList());
  }
}
