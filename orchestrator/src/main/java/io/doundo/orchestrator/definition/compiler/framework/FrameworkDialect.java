package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Document;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a registration of ours out of a workflow of the framework. A pure function of the document.
 */
public final class FrameworkDialect {

  private static final Set<String> FIELDS =
      Set.of(
          "id",
          "name",
          "description",
          "version",
          "status",
          "category",
          "triggers",
          "steps",
          "errorHandlers",
          "timeout",
          "metadata",
          "createdAt",
          "updatedAt",
          "serviceName",
          "$schema");

  private enum Status {
    DRAFT,
    ACTIVE,
    PAUSED,
    COMPLETED,
    FAILED,
    CANCELLED
  }

  private FrameworkDialect() {}

  /**
   * What became of a workflow.
   *
   * @param registration the same as a registration of ours, each part where its original stands
   * @param origin the workflow as JSON, without what is no content of a definition
   * @param problems why it cannot be accepted; the registration is of no use when there are any
   * @param places the paths of the document
   */
  public record Translated(
      Mapping registration,
      String origin,
      List<Problem> problems,
      List<String> warnings,
      Places places) {}

  /**
   * Whether a registration is a workflow of the framework: its steps have types, it no name of
   * ours.
   */
  public static boolean isWorkflow(Mapping registration) {
    Field steps = registration.fields().get("steps");
    return !registration.fields().containsKey("orchestrationName")
        && steps != null
        && steps.value() instanceof Sequence list
        && list.elements().stream().anyMatch(FrameworkDialect::hasType);
  }

  /** Whether a document is such a workflow, and nothing else. */
  public static boolean isWorkflow(byte[] document) {
    List<Document> documents = DocumentReader.read(document).documents();
    return documents.size() == 1
        && documents.get(0).root() instanceof Mapping workflow
        && isWorkflow(workflow);
  }

  private static boolean hasType(Located step) {
    Field type = step instanceof Mapping mapping ? mapping.fields().get("type") : null;
    return type != null && type.value() instanceof Scalar scalar && StepType.isNamed(scalar.text());
  }

  /** The name that the orchestration of a workflow has: its id, or its name as one. */
  public static String nameOf(String idOrName) {
    return WorkflowWriter.slug(idOrName, "workflow");
  }

  /** The name that the step of an id has in ours. */
  public static String stepNameOf(String id) {
    return WorkflowWriter.nameOf(id);
  }

  /**
   * Translates a workflow.
   *
   * @param path of the workflow in its document
   * @param document its index in the record
   */
  public static Translated translate(Mapping workflow, String path, int document) {
    Notes notes = new Notes(document);
    Node node = new Node(workflow, path, notes);
    node.warnOfOthers(FIELDS);
    Tree orchestration = new Tree(workflow);
    name(node, orchestration);
    orchestration.text("vocabulary", workflow, "2");
    orchestration
        .put("description", node.scalar("description"))
        .put("category", node.scalar("category"))
        .put("serviceName", node.scalar("serviceName"))
        .put("status", status(node));
    Long timeout = node.number("timeout");
    Located at = node.value("timeout");
    if (timeout != null && at != null) {
      orchestration.text("timeout", at, timeout + "ms");
    }
    new WorkflowWriter(node).write(orchestration);
    TriggerWriter.write(node, orchestration);
    return new Translated(
        orchestration.build(),
        Origin.of(workflow),
        notes.problems(),
        notes.warnings(),
        new Places(workflow, path));
  }

  private static void name(Node workflow, Tree orchestration) {
    String title = workflow.required("name");
    String id = workflow.text("id");
    Located at = workflow.value(id == null ? "name" : "id");
    if (title != null && at != null) {
      orchestration.text("orchestrationName", at, nameOf(id == null ? title : id));
      orchestration.put("title", workflow.scalar("name"));
    }
  }

  /** What an execution can be, a workflow cannot. */
  private static @Nullable Located status(Node workflow) {
    Located at = workflow.value("status");
    Status status = at == null ? null : workflow.word("status", Status.class);
    if (at == null || status == null) {
      return null;
    }
    return switch (status) {
      case DRAFT, ACTIVE, PAUSED -> Tree.text(at, status.name().toLowerCase(Locale.ROOT));
      case COMPLETED, FAILED, CANCELLED -> {
        workflow.problem(
            "status",
            status + " is the status of an execution; a workflow is DRAFT, ACTIVE or PAUSED");
        yield null;
      }
    };
  }
}
