package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Compiles documents whose steps have parts. */
public final class PartsDocuments {

  private PartsDocuments() {}

  /**
   * The orchestration of a document.
   *
   * @throws AssertionError when the document is refused
   */
  public static Orchestration compiled(String document) {
    CompiledRegistration compiled =
        RegistrationCompiler.compile(document.getBytes(StandardCharsets.UTF_8), Map.of());
    if (compiled.results().get(0) instanceof Defined defined) {
      return defined.orchestration();
    }
    throw new AssertionError(compiled.toString());
  }
}
