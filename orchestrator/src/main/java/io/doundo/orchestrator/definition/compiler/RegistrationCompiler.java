package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Document;
import io.doundo.orchestrator.definition.compiler.document.DocumentReader.Documents;
import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import io.doundo.orchestrator.definition.compiler.document.NameSearch;
import io.doundo.orchestrator.definition.compiler.document.OtherKinds;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect;
import io.doundo.orchestrator.definition.compiler.framework.FrameworkDialect.Translated;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ServiceName;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.FragmentHint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles registration documents: YAML or JSON, bare or enveloped, one orchestration or several.
 * Every problem is listed with its place; a record with any problem is refused as a whole. A pure
 * function of the record, so it serves the control plane and the command line alike.
 */
public final class RegistrationCompiler {

  /** The most registrations one record may hold. */
  public static final int MAX_REGISTRATIONS = 500;

  private static final Set<String> LIST_FIELDS =
      Set.of("orchestrations", "$schema", "eventType", "serviceName", "description");

  private static final Set<String> REGISTRATION_FIELDS =
      Set.of("orchestrationName", "steps", "orchestrations");

  private final List<Result> results = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, String> topicsByMetricName = new HashMap<>();
  private final HeaderLookup recordHeaders;

  /** The registering service of the document being read. */
  private @Nullable String service;

  private RegistrationCompiler(HeaderLookup recordHeaders) {
    this.recordHeaders = recordHeaders;
  }

  /**
   * Compiles the value of a registration record, or a file.
   *
   * @param bytes null for a tombstone
   * @param recordHeaders those of the record, or of the HTTP request; none for a file
   */
  public static CompiledRegistration compile(
      byte @Nullable [] bytes, Map<String, String> recordHeaders) {
    RegistrationCompiler compiler = new RegistrationCompiler(HeaderLookup.of(recordHeaders));
    try {
      compiler.read(bytes);
    } catch (RuntimeException | StackOverflowError e) {
      // A document that breaks the compiler must not stop its caller.
      return new CompiledRegistration(List.of(compiler.defeated(e)));
    }
    return new CompiledRegistration(
        bytes == null ? compiler.results : explained(compiler.results, bytes));
  }

  private void read(byte @Nullable [] bytes) {
    Documents documents = DocumentReader.read(bytes);
    if (!documents.problems().isEmpty()) {
      results.add(
          new Refused(
              NameSearch.orchestrationName(bytes),
              RegistrantRole.INITIATOR,
              documents.problems(),
              List.of(),
              service(Map.of())));
    }
    for (Document document : documents.documents()) {
      readDocument(document);
    }
    if (results.size() > MAX_REGISTRATIONS) {
      int found = results.size();
      results.clear();
      refuse(
          null,
          Problem.of(
              "the record has %,d registrations in total; at most %d are allowed"
                  .formatted(found, MAX_REGISTRATIONS)),
          service(Map.of()));
    }
  }

  private Refused defeated(Throwable cause) {
    Problem problem =
        Problem.of("the document cannot be compiled because of a bug in DoUndo: " + cause);
    return new Refused(
        null, RegistrantRole.INITIATOR, List.of(problem), List.of(), service(Map.of()));
  }

  private void readDocument(Document document) {
    service =
        service(
            document.root() instanceof Mapping envelope
                ? scalars(envelope.fields().get("headers"))
                : Map.of());
    String otherKind = OtherKinds.of(document.root());
    if (otherKind != null) {
      refuse(document, document.root(), "", otherKind);
      return;
    }
    if (!(document.root() instanceof Mapping mapping)) {
      refuse(
          document,
          document.root(),
          "",
          "a registration must be an object but is "
              + document.root().kind()
              + (document.root() instanceof Sequence
                  ? ": put the list under \"orchestrations\""
                  : ""));
      return;
    }
    Located payload = payload(mapping);
    if (payload == null) {
      // Headers belong to an envelope; without one they are an unknown field.
      service = service(Map.of());
      readRegistrations(document, mapping, "");
    } else if (payload instanceof Mapping inner) {
      readRegistrations(document, inner, "payload");
    } else {
      refuse(document, payload, "payload", "must be an object but is " + payload.kind());
    }
  }

  /** The content of an envelope; null for a bare document. */
  private static @Nullable Located payload(Mapping mapping) {
    Field payload = mapping.fields().get("payload");
    boolean bare = REGISTRATION_FIELDS.stream().anyMatch(mapping.fields()::containsKey);
    return payload == null || bare ? null : payload.value();
  }

  private void readRegistrations(Document document, Mapping mapping, String path) {
    if (!mapping.fields().containsKey("orchestrations")) {
      add(document, mapping, path, result(document, mapping, path));
      return;
    }
    Report report = new Report(document.index());
    Fields fields = new Fields(mapping, path, report);
    fields.refuseUnknown(LIST_FIELDS);
    Sequence list = fields.list("orchestrations");
    if (!report.hasProblems() && (list == null || list.elements().isEmpty())) {
      fields.problem("orchestrations", "must have at least one orchestration");
    }
    if (list != null && list.elements().size() > MAX_REGISTRATIONS) {
      fields.problem(
          "orchestrations",
          "has %d orchestrations; at most %d are allowed"
              .formatted(list.elements().size(), MAX_REGISTRATIONS));
    }
    if (report.hasProblems() || list == null) {
      results.add(
          new Refused(
              null, RegistrantRole.INITIATOR, report.problems(), report.warnings(), service));
      return;
    }
    String named = fields.line("serviceName", 255);
    service = service != null ? service : named;
    readList(document, list, fields.path("orchestrations"));
  }

  private void readList(Document document, Sequence list, String path) {
    for (int i = 0; i < list.elements().size(); i++) {
      Located element = list.elements().get(i);
      String place = path + '[' + i + ']';
      if (element instanceof Mapping registration) {
        add(document, registration, place, result(document, registration, place));
      } else {
        refuse(document, element, place, "must be an object but is " + element.kind());
      }
    }
  }

  /** A registration in our form, or a workflow of the framework. */
  private Result result(Document document, Mapping registration, String path) {
    if (!FrameworkDialect.isWorkflow(registration)) {
      Report report = new Report(document.index());
      return new RegistrationReader(registration, path, report).read(service);
    }
    Translated workflow = FrameworkDialect.translate(registration, path, document.index());
    if (!workflow.problems().isEmpty()) {
      return new Refused(
          null, RegistrantRole.INITIATOR, workflow.problems(), workflow.warnings(), service);
    }
    Report report = new Report(document.index(), workflow.places()::path);
    workflow.warnings().forEach(report::warn);
    return new RegistrationReader(workflow.registration(), path, report, workflow.origin())
        .read(service);
  }

  private void refuse(Document document, Located at, String path, String message) {
    Report report = new Report(document.index());
    report.problem(at, path, message);
    String name = at instanceof Mapping mapping ? OtherKinds.orchestrationName(mapping) : null;
    refuse(name, report.problems().get(0), service);
  }

  private void refuse(@Nullable String name, Problem problem, @Nullable String registrant) {
    results.add(
        new Refused(name, RegistrantRole.INITIATOR, List.of(problem), List.of(), registrant));
  }

  private @Nullable String service(Map<String, String> bodyHeaders) {
    return ServiceName.find(ServiceName.REGISTRANT, recordHeaders, bodyHeaders);
  }

  private static Map<String, String> scalars(@Nullable Field headers) {
    Map<String, String> scalars = new HashMap<>();
    if (headers != null && headers.value() instanceof Mapping mapping) {
      mapping
          .fields()
          .forEach(
              (name, field) -> {
                if (field.value() instanceof Scalar scalar && !scalar.isNull()) {
                  scalars.put(name, scalar.text());
                }
              });
    }
    return scalars;
  }

  /** A line of a split document can be well formed on its own and still not be a registration. */
  private static List<Result> explained(List<Result> results, byte[] bytes) {
    String hint = FragmentHint.ofRegistration(bytes).orElse(null);
    if (hint == null || results.size() != 1 || !(results.get(0) instanceof Refused refused)) {
      return results;
    }
    List<Problem> problems = new ArrayList<>(refused.problems());
    Problem first = problems.get(0);
    problems.set(
        0,
        new Problem(
            first.document(),
            first.path(),
            first.line(),
            first.column(),
            first.message() + ". " + hint));
    return List.of(
        new Refused(
            refused.orchestrationName(),
            refused.role(),
            problems,
            refused.warnings(),
            refused.service()));
  }

  /** Refuses a second definition of one name, and topics that Kafka's metrics cannot tell apart. */
  private void add(Document document, Mapping registration, String path, Result result) {
    Report report = new Report(document.index());
    if (result instanceof Defined defined) {
      Fields fields = new Fields(registration, path, report);
      String name = defined.orchestrationName();
      if (!names.add(name)) {
        fields.problem(
            "orchestrationName",
            "the orchestration \"" + name + "\" is defined twice in one record");
      } else {
        for (Step step : defined.orchestration().allSteps()) {
          if (!(step.work() instanceof Work.Remote)) {
            continue;
          }
          String topic = Topics.doTopic(name, step.name());
          String other = topicsByMetricName.putIfAbsent(Topics.metricName(topic), topic);
          if (other != null) {
            fields.problem("orchestrationName", Topics.collision(topic, other));
          }
        }
      }
    }
    results.add(report.hasProblems() ? Refused.of(result, report.problems()) : result);
  }
}
