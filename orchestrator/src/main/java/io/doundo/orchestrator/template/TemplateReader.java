package io.doundo.orchestrator.template;

import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Documents;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a template, JSON or YAML, and lists every problem with its place. A pure function of the
 * document. Used once.
 */
public final class TemplateReader {

  private static final Set<String> FIELDS =
      Set.of(
          "id",
          "name",
          "description",
          "category",
          "version",
          "definition",
          "parameters",
          "isPublic",
          "createdAt",
          "updatedAt");

  private static final Set<String> PARAMETER_FIELDS =
      Set.of("name", "type", "required", "defaultValue", "description");

  private static final int MAX_NAME = 255;

  private final LocatedJson document;
  private final JsonNode tree;
  private final List<Problem> problems = new ArrayList<>();

  private TemplateReader(Mapping root) {
    document = LocatedJson.of(root, "");
    tree = document.tree();
  }

  /**
   * What came of a document.
   *
   * @param content null when there are problems
   */
  public record Outcome(@Nullable TemplateContent content, List<Problem> problems) {

    /** The problems in one line. */
    public String reason() {
      return String.join("; ", problems.stream().map(Problem::toString).toList());
    }

    private static Outcome refused(List<Problem> problems) {
      return new Outcome(null, List.copyOf(problems));
    }
  }

  /** Reads a template. What it makes is not looked at yet. */
  public static Outcome read(byte[] bytes) {
    Documents read = DocumentReader.read(bytes);
    if (!read.problems().isEmpty()) {
      return Outcome.refused(read.problems());
    }
    if (read.documents().size() != 1) {
      return Outcome.refused(List.of(Problem.of("a template must be one document")));
    }
    if (!(read.documents().get(0).root() instanceof Mapping root)) {
      return Outcome.refused(List.of(Problem.of("a template must be an object")));
    }
    TemplateReader reader = new TemplateReader(root);
    TemplateContent content = reader.content();
    return reader.problems.isEmpty()
        ? new Outcome(content, List.of())
        : Outcome.refused(reader.problems);
  }

  /**
   * Reads a template that is to be stored. When an orchestration can be made of it without a value,
   * that one is compiled, and its problems are those of the template.
   */
  public static Outcome check(byte[] bytes) {
    Outcome read = read(bytes);
    TemplateContent content = read.content();
    if (content == null
        || !content.parameters().stream().allMatch(TemplateParameter::mayBeLeftOut)) {
      return read;
    }
    TemplateFilling.Filled filled = TemplateFilling.fill(content, Json.MAPPER.createObjectNode());
    ObjectNode definition = filled.definition();
    if (definition == null) {
      return Outcome.refused(filled.problems());
    }
    List<Problem> compiled =
        RegistrationCompiler.compile(
                Json.MAPPER.writeValueAsBytes(
                    TemplateFilling.named(definition, content.id(), null)),
                Map.of())
            .problems();
    return compiled.isEmpty()
        ? read
        : Outcome.refused(
            compiled.stream()
                .map(
                    one ->
                        new Problem(
                            0,
                            one.path().isEmpty() ? "definition" : "definition." + one.path(),
                            null,
                            null,
                            one.message()))
                .toList());
  }

  private @Nullable TemplateContent content() {
    unknownFields(tree, "", FIELDS);
    String name = text(tree, "", "name", true);
    String id = text(tree, "", "id", false);
    if (id != null && Names.refuse(id) != null) {
      problem(".id", String.valueOf(Names.refuse(id)));
    }
    List<TemplateParameter> parameters = parameters();
    JsonNode definition = tree.path("definition");
    if (!(definition instanceof ObjectNode object)) {
      problem(".definition", definition.isMissingNode() ? "is missing" : "must be an object");
      return null;
    }
    if (object.has("orchestrations") || !object.path("steps").isArray()) {
      problem(".definition", "must be one workflow or one orchestration, with a list of its steps");
    }
    Set<String> names = new HashSet<>();
    parameters.forEach(one -> names.add(one.name()));
    Placeholders.check(object, ".definition", names, this::problem);
    return name == null
        ? null
        : new TemplateContent(
            id == null ? FrameworkDialect.nameOf(name) : id,
            name,
            text(tree, "", "description", false),
            text(tree, "", "category", false),
            object,
            parameters,
            flag(tree, "", "isPublic"));
  }

  private List<TemplateParameter> parameters() {
    JsonNode list = tree.path("parameters");
    List<TemplateParameter> read = new ArrayList<>();
    if (list.isMissingNode() || list.isNull()) {
      return read;
    }
    if (!list.isArray()) {
      problem(".parameters", "must be a list");
      return read;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String place = ".parameters[" + i + "]";
      JsonNode one = list.get(i);
      if (!one.isObject()) {
        problem(place, "must be an object");
        continue;
      }
      TemplateParameter parameter = parameter(one, place);
      if (parameter != null) {
        if (!names.add(parameter.name())) {
          problem(
              place + ".name", "the parameter \"%s\" is there twice".formatted(parameter.name()));
        }
        read.add(parameter);
      }
    }
    return read;
  }

  private @Nullable TemplateParameter parameter(JsonNode one, String place) {
    unknownFields(one, place, PARAMETER_FIELDS);
    String name = text(one, place, "name", true);
    if (name != null && !TemplateParameter.NAME.matcher(name).matches()) {
      problem(place + ".name", "must have letters, digits and \"_\" only, and no digit first");
    }
    String type = text(one, place, "type", true);
    if (type != null && TemplateParameter.Type.of(type) == null) {
      problem(place + ".type", "must be string, number, integer, boolean, object or array");
      type = null;
    }
    JsonNode value = one.path("defaultValue");
    JsonNode defaultValue = value.isMissingNode() || value.isNull() ? null : value;
    if (name == null || type == null) {
      return null;
    }
    TemplateParameter parameter =
        new TemplateParameter(
            name,
            type,
            flag(one, place, "required"),
            defaultValue,
            text(one, place, "description", false));
    String refusal = defaultValue == null ? null : parameter.refuse(defaultValue);
    if (refusal != null) {
      problem(place + ".defaultValue", refusal);
    }
    return parameter;
  }

  private void unknownFields(JsonNode object, String place, Set<String> known) {
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        problem(place + '.' + field, "unknown field");
      }
    }
  }

  private @Nullable String text(JsonNode object, String place, String field, boolean isRequired) {
    JsonNode value = object.path(field);
    if (value.isMissingNode() || value.isNull()) {
      if (isRequired) {
        problem(place + '.' + field, "is missing");
      }
      return null;
    }
    if (!value.isValueNode()) {
      problem(place + '.' + field, "must be a text");
      return null;
    }
    String text = value.asString();
    if (isRequired && text.isBlank()) {
      problem(place + '.' + field, "must not be empty");
      return null;
    }
    if (!field.equals("description") && text.length() > MAX_NAME) {
      problem(place + '.' + field, "must have at most %d characters".formatted(MAX_NAME));
    }
    return text;
  }

  private boolean flag(JsonNode object, String place, String field) {
    JsonNode value = object.path(field);
    if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
      problem(place + '.' + field, "must be true or false");
    }
    return value.asBoolean(false);
  }

  private void problem(String place, String message) {
    Located at = document.at(place);
    problems.add(new Problem(0, place.substring(1), at.line(), at.column(), message));
  }
}
