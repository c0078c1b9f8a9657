package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.RegistrationController;
import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import io.doundo.orchestrator.api.request.RequestBodies;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.query.template.Templates;
import io.doundo.orchestrator.template.Template;
import io.doundo.orchestrator.template.TemplateContent;
import io.doundo.orchestrator.template.TemplateFilling;
import io.doundo.orchestrator.template.TemplateReader;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Templates: stored, shown, and made into workflows or orchestrations. */
@RestController
@RequestMapping("/api/templates")
@Tag(name = "Framework")
class TemplateController {

  /** Every instance keeps all of them in memory. */
  private static final int MOST = 1_000;

  /** In all, for the same reason. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private static final Set<String> INSTANCE_FIELDS =
      Set.of("templateId", "name", "parameterValues", "metadata");

  private static final Map<String, String> ORDERS =
      Map.of(
          "createdAt", "createdAt",
          "updatedAt", "updatedAt",
          "name", "name",
          "id", "id",
          "category", "category");

  /** Held from the look at what there is until what is written has been read. */
  private final Object writing = new Object();

  private final Templates templates;
  private final RecordSender sender;
  private final WorkflowController workflows;
  private final Workflows known;
  private final RegistrationController registrations;

  TemplateController(
      Templates templates,
      RecordSender sender,
      WorkflowController workflows,
      Workflows known,
      RegistrationController registrations) {
    this.templates = templates;
    this.sender = sender;
    this.workflows = workflows;
    this.known = known;
    this.registrations = registrations;
  }

  @Operation(
      summary = "Create a template",
      description =
          "JSON or YAML: a definition (a workflow of the framework, or an orchestration) whose texts"
              + " may have {{ param.x }}, and its parameters. Answers 201 once Kafka has it and it can"
              + " be read, 400 with every problem and its place, and 409 when there is a template of"
              + " that id.")
  @PostMapping
  ResponseEntity<JsonNode> create(HttpServletRequest request) {
    TemplateContent content = content(request);
    synchronized (writing) {
      if (templates.find(content.id()).isPresent()) {
        throw new ApiProblem(
            ProblemKind.TEMPLATE_EXISTS,
            "There is a template \"%s\"; change it with PUT, or choose another id."
                .formatted(content.id()));
      }
      if (templates.all().size() >= MOST) {
        throw new ApiProblem(
            ProblemKind.TOO_MANY_TEMPLATES,
            "There are %,d templates, and no more are allowed. Delete some first.".formatted(MOST));
      }
      return ResponseEntity.status(HttpStatus.CREATED)
          .body(stored(Template.created(content, Instant.now())));
    }
  }

  @Operation(
      summary = "List templates",
      description =
          "Pages count from 1; limit is 20, at most 100. sortBy is createdAt, updatedAt, name, id or"
              + " category; category filters.")
  @GetMapping
  FrameworkPage<ObjectNode> all(
      @RequestParam(name = "page", required = false) @Nullable Integer page,
      @RequestParam(name = "limit", required = false) @Nullable Integer limit,
      @RequestParam(name = "sortBy", required = false) @Nullable String sortBy,
      @RequestParam(name = "sortOrder", required = false) @Nullable String sortOrder,
      @RequestParam(name = "category", required = false) @Nullable String category) {
    FrameworkPage.Asked asked = FrameworkPage.Asked.of(page, limit, sortBy, sortOrder);
    String field = asked.order(ORDERS, "createdAt");
    String wanted = FlowFilter.present(category);
    Comparator<ObjectNode> order = Comparator.comparing(one -> one.path(field).asString(""));
    return FrameworkPage.of(
        templates.all().stream()
            .filter(one -> wanted == null || wanted.equalsIgnoreCase(one.content().category()))
            .map(Template::json)
            .sorted(asked.descending() ? order.reversed() : order)
            .toList(),
        asked);
  }

  @Operation(summary = "Show a template")
  @GetMapping("/{templateId}")
  JsonNode one(@PathVariable("templateId") String templateId) {
    return require(templateId).json();
  }

  @Operation(
      summary = "Replace a template",
      description = "It gets the next version. What was made of it stays as it is.")
  @PutMapping("/{templateId}")
  JsonNode change(@PathVariable("templateId") String templateId, HttpServletRequest request) {
    TemplateContent content = content(request);
    synchronized (writing) {
      Template template = require(templateId);
      return stored(template.changed(content.withId(templateId), Instant.now()));
    }
  }

  @Operation(summary = "Delete a template", description = "What was made of it stays as it is.")
  @DeleteMapping("/{templateId}")
  ResponseEntity<Void> delete(@PathVariable("templateId") String templateId) {
    synchronized (writing) {
      require(templateId);
      write(templateId, null);
    }
    return ResponseEntity.noContent().build();
  }

  @Operation(
      summary = "Make a workflow of a template",
      description =
          "The body is {\"name\", \"parameterValues\", \"metadata\"}. Answers 201 with the workflow (or,"
              + " for an orchestration, with the status of its registration) once it is active, 400 with"
              + " every problem, and 409 when there is an orchestration of that name.")
  @PostMapping("/{templateId}/instantiate")
  ResponseEntity<JsonNode> instantiate(
      @PathVariable("templateId") String templateId,
      HttpServletRequest request,
      Principal principal) {
    Template template = require(templateId);
    ObjectNode body = FrameworkBodies.object(request);
    requireFields(templateId, body);
    TemplateFilling.Filled filled =
        TemplateFilling.fill(template.content(), object(body, "parameterValues"));
    ObjectNode definition = filled.definition();
    if (definition == null) {
      throw refused(filled.problems());
    }
    boolean isWorkflow = TemplateFilling.isWorkflow(definition);
    String own = isWorkflow ? "name" : "orchestrationName";
    String name = body.path("name").asString(definition.path(own).asString(""));
    if (name.isBlank()) {
      throw FrameworkPage.bad("name is missing.");
    }
    ObjectNode metadata = object(body, "metadata");
    if (!isWorkflow && !metadata.isEmpty()) {
      throw FrameworkPage.bad("Only a workflow of the framework has metadata.");
    }
    ObjectNode document = TemplateFilling.named(definition, name, metadata);
    JsonNode made =
        isWorkflow
            ? workflows.create(document, request, principal)
            : register(name, document, request, principal);
    return ResponseEntity.status(HttpStatus.CREATED).body(made);
  }

  private JsonNode register(
      String name, ObjectNode document, HttpServletRequest request, Principal principal) {
    if (!known.isFree(name)) {
      throw new ApiProblem(
          ProblemKind.WORKFLOW_EXISTS,
          "There is an orchestration \"%s\"; choose another name.".formatted(name));
    }
    return registrations
        .register(
            Json.MAPPER.writeValueAsBytes(document),
            RequestBodies.serviceHeaders(request),
            RequestBodies.caller(principal))
        .registrations()
        .get(0);
  }

  private static void requireFields(String templateId, ObjectNode body) {
    try {
      RequestBodies.requireKnown(
          body.propertyNames().stream().collect(Collectors.toSet()), INSTANCE_FIELDS);
    } catch (MalformedRecordException e) {
      throw FrameworkPage.bad(e.reason());
    }
    String named = body.path("templateId").asString(templateId);
    if (!named.equals(templateId)) {
      throw FrameworkPage.bad(
          "templateId is \"%s\", but the path names \"%s\".".formatted(named, templateId));
    }
  }

  private static ObjectNode object(ObjectNode body, String field) {
    if (FrameworkBodies.present(body.path(field)) instanceof ObjectNode object) {
      return object;
    }
    throw FrameworkPage.bad(field + " must be an object.");
  }

  private static TemplateContent content(HttpServletRequest request) {
    TemplateReader.Outcome read = TemplateReader.check(RequestBodies.bytes(request));
    TemplateContent content = read.content();
    if (content == null) {
      throw refused(read.problems());
    }
    return content;
  }

  private static ApiProblem refused(List<Problem> problems) {
    return new ApiProblem(
        ProblemKind.TEMPLATE_REFUSED,
        problems.get(0).toString()
            + (problems.size() > 1 ? " (and %d more)".formatted(problems.size() - 1) : ""),
        Map.of("problems", problems),
        null);
  }

  private Template require(String templateId) {
    return templates
        .find(templateId)
        .orElseThrow(
            () ->
                new ApiProblem(
                    ProblemKind.UNKNOWN_TEMPLATE,
                    "There is no template \"%s\".".formatted(templateId)));
  }

  /** Writes a template, and waits until this instance has read it. */
  private JsonNode stored(Template template) {
    ObjectNode json = template.json();
    byte[] bytes = Json.MAPPER.writeValueAsBytes(json);
    if (bytes.length > DocumentReader.MAX_BYTES) {
      throw refused(
          List.of(
              Problem.of(
                  "the template has %,d bytes as JSON; at most %,d are allowed"
                      .formatted(bytes.length, DocumentReader.MAX_BYTES))));
    }
    if (templates.bytesWithout(template.id()) + bytes.length > MOST_BYTES) {
      throw new ApiProblem(
          ProblemKind.TOO_MANY_TEMPLATES,
          "With this one the templates would have more than %,d bytes. Delete some first."
              .formatted(MOST_BYTES));
    }
    write(template.id(), bytes);
    return json;
  }

  private void write(String id, byte @Nullable [] value) {
    try {
      templates.awaitRead(sender.send(Topics.TEMPLATES, id, value, Map.of()).join().offset());
    } catch (CompletionException e) {
      throw e.getCause() instanceof ApiProblem problem ? problem : e;
    }
  }
}
