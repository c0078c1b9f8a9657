package io.doundo.orchestrator.evaluation;

import io.doundo.expression.ComputedJson;
import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.protocol.json.Printable;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the expressions of a task give: its title, and who may complete it. */
final class TaskTexts {

  private static final int LONGEST_TITLE = 500;
  private static final int LONGEST_NAME = 255;
  private static final int MOST_CANDIDATES = 50;

  private TaskTexts() {}

  /**
   * What a person is asked, or why that is not to be told.
   *
   * @throws EvaluationException when the texts cannot be read
   */
  static Evaluation of(RawJson texts) throws EvaluationException {
    JsonNode json = ComputedJson.tree(texts, "");
    JsonNode title = json.path("title");
    if (!isText(title)) {
      return new Evaluation.Failed("the title of the task is no text, or empty");
    }
    String shown = Printable.line(title.stringValue());
    if (shown.length() > LONGEST_TITLE) {
      return new Evaluation.Failed(
          "the title of the task has more than " + LONGEST_TITLE + " characters");
    }
    JsonNode assignee = json.path("assignee");
    boolean isForNobody = assignee.isMissingNode() || assignee.isNull();
    if (!isForNobody && !isName(assignee)) {
      return new Evaluation.Failed("the assignee of the task is " + NO_NAME);
    }
    List<String> candidates = candidates(json.path("candidates"));
    if (candidates == null) {
      return new Evaluation.Failed(
          "the candidates of the task are more than "
              + MOST_CANDIDATES
              + ", or one of them is "
              + NO_NAME);
    }
    return new Evaluation.Asked(shown, isForNobody ? null : assignee.stringValue(), candidates);
  }

  private static final String NO_NAME =
      "no name: a line of text of 1 to " + LONGEST_NAME + " characters";

  private static @Nullable List<String> candidates(JsonNode json) {
    List<String> names = new ArrayList<>();
    if (json.isMissingNode() || json.isNull()) {
      return names;
    }
    for (JsonNode name : json.isArray() ? json : List.of(json)) {
      if (!isName(name) || names.size() == MOST_CANDIDATES) {
        return null;
      }
      if (!names.contains(name.stringValue())) {
        names.add(name.stringValue());
      }
    }
    return names;
  }

  private static boolean isText(JsonNode json) {
    return json.isString() && !json.stringValue().isBlank();
  }

  private static boolean isName(JsonNode json) {
    return isText(json)
        && json.stringValue().length() <= LONGEST_NAME
        && json.stringValue().codePoints().noneMatch(Character::isISOControl);
  }
}
