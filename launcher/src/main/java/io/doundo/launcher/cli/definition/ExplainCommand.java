package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo explain}. */
@Command(
    name = "explain",
    description = {
      "Explain the fields of a registration, from its JSON schema. Needs no service.",
      "For example: explain, explain steps, explain steps.retry.maxAttempts"
    },
    mixinStandardHelpOptions = true)
public final class ExplainCommand implements Callable<Integer> {

  private static final String SCHEMA = "orchestration.schema.json";

  @Parameters(
      paramLabel = "FIELD",
      arity = "0..1",
      description = "A field, with dots before those inside it.")
  private @Nullable String field;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    SchemaFields fields = new SchemaFields(schema());
    String path = field == null ? "" : field;
    JsonNode found = fields.find(path);
    if (output.isJson()) {
      output.json(found);
    } else {
      output.lines(fields.lines(path, found, output.terminal()));
    }
    return ExitCodes.OK;
  }

  private static JsonNode schema() throws IOException {
    try (InputStream schema = RegistrationCompiler.class.getResourceAsStream(SCHEMA)) {
      if (schema == null) {
        throw new IllegalStateException(SCHEMA + " is missing beside the compiler");
      }
      return ServiceJson.MAPPER.readTree(schema.readAllBytes());
    }
  }
}
