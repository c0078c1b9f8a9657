package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Warns of the connections that the HTTP steps and the receivers of an orchestration name and the
 * configuration does not have. It is no reason to refuse: they may be configured before the first
 * flow starts.
 */
final class ConnectionWarnings {

  private ConnectionWarnings() {}

  /**
   * One sentence for each unknown connection of a step or a receiver.
   *
   * @param known the names of the configured connections; null when they are not known
   */
  static List<String> of(Orchestration definition, @Nullable Set<String> known) {
    List<String> warnings = new ArrayList<>();
    for (Step step : definition.allSteps()) {
      for (String connection : named(step)) {
        warn("step " + step.name(), connection, known, warnings);
      }
    }
    for (Receiver receiver : definition.receivers()) {
      warn("notify " + receiver.name(), receiver.connection(), known, warnings);
    }
    return warnings;
  }

  private static void warn(
      String where, String connection, @Nullable Set<String> known, List<String> warnings) {
    if (known != null && !known.contains(connection)) {
      String meant =
          Suggestions.nearest(connection, known)
              .map(near -> "; did you mean \"" + near + "\"?")
              .orElse("");
      warnings.add(
          "%s: the connection \"%s\" is not configured (doundo.http.connections.%s)%s"
              .formatted(where, connection, connection, meant));
    }
  }

  private static Set<String> named(Step step) {
    Set<String> named = new LinkedHashSet<>();
    if (step.work() instanceof Work.Http http) {
      add(named, http.request().connection());
      Work.Http.Verify verify = http.verify();
      if (verify != null) {
        add(named, verify.request().connection());
      }
    }
    if (step.undoing() instanceof UndoRule.Http undo) {
      add(named, undo.request().connection());
    }
    return named;
  }

  private static void add(Set<String> named, @Nullable String connection) {
    if (connection != null) {
      named.add(connection);
    }
  }
}
