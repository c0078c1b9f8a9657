package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.protocol.json.Printable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a document of another kind that was sent or given where a registration belongs, so
 * that one sentence says so instead of one for each field that it lacks.
 */
public final class OtherKinds {

  private static final int MAX_NAME = 255;

  private OtherKinds() {}

  /** The other kind of record that this is, or null when it may be a registration. */
  public static @Nullable String of(Located root) {
    if (!(root instanceof Mapping mapping)
        || hasAny(mapping, "steps", "orchestrations")
        || hasAny(inner(mapping, "payload"), "steps", "orchestrations", "orchestrationName")) {
      return null;
    }
    Mapping headers = inner(mapping, "headers");
    if (hasAny(mapping, "action") && hasAny(mapping, "flowId", "controlId")) {
      return "this is a control record, not a registration: it belongs on orchestrator.control";
    }
    if (hasAny(headers, "action")) {
      return "this is a command or a worker's answer, not a registration: answers belong on"
          + " orchestrator.response.result";
    }
    boolean flow = hasAny(mapping, "flowId") || hasAny(headers, "flowId");
    boolean named =
        hasAny(mapping, "orchestrationName", "orchName")
            || hasAny(headers, "orchestrationName", "orchName");
    if (named && (flow || hasAny(mapping, "payload"))) {
      String name = orchestrationName(mapping);
      return "this is a start event, not a registration: it belongs on"
          + " orchestrator.execution.start (doundo start "
          + (name == null ? "NAME" : name)
          + " --payload …)";
    }
    return null;
  }

  /** The name that a document gives, in whatever place, on one line. */
  public static @Nullable String orchestrationName(Mapping mapping) {
    for (Mapping place : List.of(mapping, inner(mapping, "headers"))) {
      for (String name : List.of("orchestrationName", "orchName")) {
        Field field = place.fields().get(name);
        if (field != null && field.value() instanceof Scalar scalar && !scalar.text().isBlank()) {
          return Printable.line(scalar.text(), MAX_NAME);
        }
      }
    }
    return null;
  }

  private static Mapping inner(Mapping mapping, String name) {
    Field field = mapping.fields().get(name);
    return field != null && field.value() instanceof Mapping inner
        ? inner
        : new Mapping(0, 0, Map.of());
  }

  private static boolean hasAny(Mapping mapping, String... names) {
    for (String name : names) {
      Field field = mapping.fields().get(name);
      if (field != null && !field.value().isNull()) {
        return true;
      }
    }
    return false;
  }
}
