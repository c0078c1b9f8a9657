package io.doundo.orchestrator.template;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a template says.
 *
 * @param definition a workflow of the framework or an orchestration, with {@code {{ param.x }}} in
 *     its texts; nobody changes it
 * @param isPublic kept for clients of the framework; changes nothing
 */
public record TemplateContent(
    String id,
    String name,
    @Nullable String description,
    @Nullable String category,
    ObjectNode definition,
    List<TemplateParameter> parameters,
    boolean isPublic) {

  public TemplateContent {
    parameters = List.copyOf(parameters);
  }

  /** The same under another id. */
  public TemplateContent withId(String other) {
    return new TemplateContent(
        other, name, description, category, definition, parameters, isPublic);
  }

  Optional<TemplateParameter> parameter(String parameterName) {
    return parameters.stream().filter(one -> one.name().equals(parameterName)).findFirst();
  }
}
