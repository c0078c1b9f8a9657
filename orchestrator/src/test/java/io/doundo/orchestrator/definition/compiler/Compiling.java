package io.doundo.orchestrator.definition.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.List;
import java.util.Map;

/** Compiles documents for the tests. */
final class Compiling {

  private Compiling() {}

  static CompiledRegistration compile(String document) {
    return RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
  }

  /** The only definition of a document that has no problem. */
  static Orchestration definition(String document) {
    CompiledRegistration compiled = compile(document);
    assertThat(compiled.problems()).isEmpty();
    assertThat(compiled.results()).hasSize(1);
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  static Step step(Orchestration definition, String name) {
    return definition.steps().get(definition.indexOf(name));
  }

  static List<String> names(Orchestration definition) {
    return definition.steps().stream().map(Step::name).toList();
  }

  /** The problems as text, one each. */
  static List<String> problems(String document) {
    return compile(document).problems().stream().map(Problem::toString).toList();
  }

  static List<String> warnings(String document) {
    CompiledRegistration compiled = compile(document);
    assertThat(compiled.problems()).isEmpty();
    return compiled.results().get(0).warnings();
  }
}
