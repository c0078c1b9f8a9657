package io.doundo.orchestrator.query.definition;

import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory.Version;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.DeclaredWorker;
import io.doundo.orchestrator.evaluation.OrchestrationPrograms;
import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.read.UnreadableDefinitionException;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered orchestrations. Every method throws a {@link ReadsUnavailableException} until the
 * definitions have been read. Thread-safe.
 */
public final class Definitions implements DefinitionLookup {

  private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);

  private static final int MAX_REMEMBERED = 1_000;

  /** Lists ask for the version of each of their rows. */
  private static final long HISTORY_FRESH_NANOS = Duration.ofSeconds(1).toNanos();

  private final DefinitionReader reader;

  /** Content by its hash never changes, and lists ask for the same few again and again. */
  private final Map<DefinitionId, Orchestration> remembered = new ConcurrentHashMap<>();

  /** Only their payload schemas, which are thread-safe. */
  private final Map<DefinitionId, OrchestrationPrograms> checks = new ConcurrentHashMap<>();

  private final Map<String, KnownHistory> histories = new ConcurrentHashMap<>();

  private record KnownHistory(DefinitionHistory history, long readAt) {}

  public Definitions(DefinitionReader reader) {
    this.reader = reader;
  }

  /** The newest version of every orchestration, by name. */
  public List<OrchestrationSummary> all() {
    return names().stream().flatMap(name -> summary(name).stream()).toList();
  }

  /** How many names begin with a prefix. */
  public long count(String prefix) {
    return names().stream().filter(name -> name.startsWith(prefix)).count();
  }

  /** Whether any version of it is registered. */
  public boolean isKnown(String name) {
    return history(name).latest().isPresent();
  }

  /**
   * Why the newest version of an orchestration does not accept a start with this payload, one
   * sentence each; empty when it does. Another version may decide differently.
   */
  public List<String> violations(String name, RawJson payload) {
    Orchestration newest =
        history(name)
            .latest()
            .flatMap(version -> find(new DefinitionId(name, version.hash())))
            .orElse(null);
    if (newest == null || newest.contract().payload() == null) {
      return List.of();
    }
    try {
      return check(newest).violations(payload);
    } catch (EvaluationException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private OrchestrationPrograms check(Orchestration definition) {
    if (checks.size() >= MAX_REMEMBERED) {
      checks.clear();
    }
    return checks.computeIfAbsent(definition.id(), unused -> new OrchestrationPrograms(definition));
  }

  /** Whether it accepts starts; empty when no version of it is registered. */
  public Optional<OrchestrationStatus> status(String name) {
    DefinitionHistory history = history(name);
    return history.latest().map(latest -> history.status());
  }

  /** Whether commands of a registered step, in whichever version, go to this topic. */
  public boolean isTopicOfStep(String topic) {
    if (!Topics.isOfStep(topic)) {
      return false;
    }
    String orchestration = topic.substring(topic.indexOf('.') + 1).replaceFirst("\\..*", "");
    return history(orchestration).versions().stream()
        .flatMap(version -> find(new DefinitionId(orchestration, version.hash())).stream())
        .flatMap(definition -> definition.allSteps().stream())
        .filter(Step::hasTopics)
        .anyMatch(
            step ->
                topic.equals(Topics.doTopic(orchestration, step.name()))
                    || (step.undoable()
                        && topic.equals(Topics.undoTopic(orchestration, step.name()))));
  }

  /** The newest version of an orchestration that has triggers, and whether it accepts starts. */
  public record Triggered(Orchestration definition, OrchestrationStatus status) {}

  /**
   * Whether a version is known here.
   *
   * @param definition {@code name@hash}
   */
  public boolean isRegistered(String definition) {
    int at = definition.lastIndexOf('@');
    try {
      return at > 0
          && history(definition.substring(0, at)).versions().stream()
              .anyMatch(version -> version.hash().equals(definition.substring(at + 1)));
    } catch (UnreadableDefinitionException e) {
      LOG.debug("the versions of {} cannot be read by this release", definition, e);
      return false;
    }
  }

  /**
   * The newest version of every orchestration that names receivers of notifications. Where a later
   * release has registered it in a form that this one cannot read, the newest that can be read
   * counts.
   *
   * @param unreadable is told each orchestration whose newest version cannot be read, and why
   */
  public List<Orchestration> notifying(BiConsumer<String, String> unreadable) {
    return names().stream()
        .flatMap(name -> newestReadable(name, unreadable).stream())
        .filter(definition -> !definition.receivers().isEmpty())
        .toList();
  }

  private Optional<Orchestration> newestReadable(
      String name, BiConsumer<String, String> unreadable) {
    List<Version> versions;
    try {
      versions = history(name).versions();
    } catch (UnreadableDefinitionException e) {
      unreadable.accept(name, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    for (int i = versions.size() - 1; i >= 0; i--) {
      try {
        return find(new DefinitionId(name, versions.get(i).hash()));
      } catch (UnreadableDefinitionException e) {
        unreadable.accept(name, String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  /** All orchestrations whose newest version has triggers. */
  public List<Triggered> triggered() {
    return names().stream().flatMap(name -> triggered(name).stream()).toList();
  }

  /** One of them; empty for an unknown orchestration, and for one without triggers. */
  public Optional<Triggered> triggered(String name) {
    DefinitionHistory history = history(name);
    return history
        .latest()
        .flatMap(version -> find(new DefinitionId(name, version.hash())))
        .filter(definition -> !definition.triggers().isEmpty())
        .map(definition -> new Triggered(definition, history.status()));
  }

  /**
   * Since when an orchestration has had an event trigger on a topic, without a version in between
   * that had not, ms since the epoch.
   */
  public long hasReadSince(String name, String trigger, String topic) {
    List<Version> versions = history(name).versions();
    long since = Long.MAX_VALUE;
    for (int i = versions.size() - 1; i >= 0; i--) {
      Version version = versions.get(i);
      boolean reads =
          find(new DefinitionId(name, version.hash()))
              .filter(definition -> reads(definition, trigger, topic))
              .isPresent();
      if (!reads) {
        break;
      }
      since = version.appendedAt();
    }
    return since;
  }

  private static boolean reads(Orchestration definition, String trigger, String topic) {
    return definition.triggers().stream()
        .filter(known -> known.name().equals(trigger))
        .map(Trigger::event)
        .anyMatch(event -> event != null && event.topic().equals(topic));
  }

  /** Whether the newest version of any orchestration has an event trigger on this topic. */
  public boolean isTopicOfTrigger(String topic) {
    return triggered().stream()
        .flatMap(triggered -> triggered.definition().triggers().stream())
        .map(Trigger::event)
        .anyMatch(event -> event != null && event.topic().equals(topic));
  }

  /** The newest version of an orchestration. */
  public Optional<OrchestrationView> newest(String name) {
    DefinitionHistory history = history(name);
    return history
        .latest()
        .flatMap(
            version ->
                find(new DefinitionId(name, version.hash()))
                    .map(definition -> view(definition, version, history)));
  }

  /** A version of an orchestration; empty when it has no such version or does not keep it. */
  public Optional<OrchestrationView> version(String name, int number) {
    DefinitionHistory history = history(name);
    return numbered(history, number)
        .flatMap(
            version ->
                find(new DefinitionId(name, version.hash()))
                    .map(definition -> view(definition, version, history)));
  }

  /** The numbers of the versions that are kept, oldest first; none for an unknown name. */
  public List<Integer> versions(String name) {
    return history(name).versions().stream().map(Version::version).toList();
  }

  /** What differs between two versions; empty when one of them is not kept. */
  public Optional<OrchestrationDiff> diff(String name, int from, int to) {
    DefinitionHistory history = history(name);
    Optional<Orchestration> before = content(name, history, from);
    Optional<Orchestration> after = content(name, history, to);
    return before.isEmpty() || after.isEmpty()
        ? Optional.empty()
        : Optional.of(OrchestrationDiff.of(before.get(), from, after.get(), to));
  }

  private Optional<Orchestration> content(String name, DefinitionHistory history, int number) {
    return numbered(history, number)
        .flatMap(version -> find(new DefinitionId(name, version.hash())));
  }

  private static Optional<Version> numbered(DefinitionHistory history, int number) {
    return history.versions().stream().filter(version -> version.version() == number).findFirst();
  }

  @Override
  public Optional<Orchestration> find(DefinitionId id) {
    Orchestration known = remembered.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Orchestration> found = read(() -> reader.definition(id));
    if (remembered.size() >= MAX_REMEMBERED) {
      remembered.clear();
    }
    found.ifPresent(definition -> remembered.put(id, definition));
    return found;
  }

  @Override
  public Optional<Integer> versionOf(DefinitionId id, long startedAt) {
    Version found = null;
    for (Version version : recentHistory(id.name()).versions()) {
      boolean inTime = version.appendedAt() <= startedAt;
      if (version.hash().equals(id.hash()) && (found == null || inTime)) {
        found = version;
      }
    }
    return Optional.ofNullable(found).map(Version::version);
  }

  /** The known workers of an orchestration's steps. */
  public Presence presence(String name) {
    Map<String, List<Presence.Declared>> declared = new HashMap<>();
    for (DeclaredWorker worker : workers(name).workers()) {
      Instant lastSeen = Instant.ofEpochMilli(worker.lastSeen());
      for (String step : worker.steps()) {
        declared
            .computeIfAbsent(step, unused -> new ArrayList<>())
            .add(new Presence.Declared(worker.service(), lastSeen));
      }
    }
    return new Presence(declared);
  }

  private DefinitionHistory recentHistory(String name) {
    KnownHistory known = histories.get(name);
    if (known != null && System.nanoTime() - known.readAt() < HISTORY_FRESH_NANOS) {
      return known.history();
    }
    DefinitionHistory history = history(name);
    if (histories.size() >= MAX_REMEMBERED) {
      histories.clear();
    }
    histories.put(name, new KnownHistory(history, System.nanoTime()));
    return history;
  }

  private List<String> names() {
    return read(reader::names);
  }

  private DefinitionHistory history(String name) {
    return read(() -> reader.history(name));
  }

  private WorkerDeclarations workers(String name) {
    return read(() -> reader.workers(name));
  }

  private static <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FlowsUnavailableException e) {
      throw new ReadsUnavailableException("The definitions cannot be read yet.", e);
    }
  }

  private Optional<OrchestrationSummary> summary(String name) {
    DefinitionHistory history = history(name);
    return history
        .latest()
        .flatMap(
            version ->
                find(new DefinitionId(name, version.hash()))
                    .map(definition -> summary(definition, version, history.status())));
  }

  private OrchestrationSummary summary(
      Orchestration definition, Version version, OrchestrationStatus status) {
    return new OrchestrationSummary(
        definition.name(),
        version.version(),
        version.hash(),
        status,
        definition.type(),
        definition.presentation().title(),
        definition.presentation().category(),
        definition.presentation().labels(),
        definition.steps().size(),
        definition.steps().stream().map(Step::name).toList(),
        definition.initiator(),
        Instant.ofEpochMilli(version.appendedAt()),
        version.requestedBy(),
        unserved(definition, workers(definition.name())));
  }

  private OrchestrationView view(
      Orchestration definition, Version version, DefinitionHistory history) {
    WorkerDeclarations workers = workers(definition.name());
    return new OrchestrationView(
        definition.name(),
        version.version(),
        version.hash(),
        history.status(),
        definition.id().header(),
        definition.type(),
        definition.presentation().title(),
        definition.presentation().category(),
        definition.presentation().labels(),
        definition.description(),
        definition.initiator(),
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        Instant.ofEpochMilli(version.appendedAt()),
        version.requestedBy(),
        steps(definition.name(), definition.steps(), workers),
        definition.triggers().stream()
            .map(trigger -> TriggerView.of(definition.name(), trigger))
            .toList(),
        versions(history),
        workers.workers().stream().map(Definitions::worker).toList(),
        unserved(definition, workers));
  }

  private static OrchestrationView.OrchestrationStepView step(
      String orchestration, Step step, WorkerDeclarations workers) {
    // A step that the orchestrator evaluates itself has neither worker nor commands.
    boolean isOutside = step.isOutside();
    Work.Remote remote = step.work() instanceof Work.Remote own ? own : Work.Remote.PLAIN;
    return new OrchestrationView.OrchestrationStepView(
        step.seq(),
        step.name(),
        step.work().kind(),
        step.when(),
        step.dependsOn(),
        step.after(),
        step.guard(),
        step.work() instanceof Work.Choose choice ? choice.branches() : null,
        step.timeout(),
        step.onTimeout(),
        step.retry(),
        step.undoRetry(),
        step.undoable(),
        step.undoFailed(),
        step.goesOn() ? "continue" : "undo",
        step.breaker(),
        step.pivot(),
        step.isCommitted(),
        remote.sharedTopic(),
        remote.objectType(),
        remote.bindings(),
        remote.failStep(),
        isOutside ? step.topic(orchestration, CommandAction.DO) : null,
        isOutside && step.undoable() ? step.topic(orchestration, CommandAction.UNDO) : null,
        workers.workers().stream()
            .filter(worker -> worker.steps().contains(step.name()))
            .map(DeclaredWorker::service)
            .toList(),
        step.work() instanceof Work.Parts parts
            ? parts.bodies().stream()
                .map(
                    body ->
                        new OrchestrationView.BodyView(
                            body.branch(),
                            body.type(),
                            steps(orchestration, body.steps(), workers)))
                .toList()
            : null);
  }

  private static List<OrchestrationView.OrchestrationStepView> steps(
      String orchestration, List<Step> steps, WorkerDeclarations workers) {
    return steps.stream().map(step -> step(orchestration, step, workers)).toList();
  }

  private static List<OrchestrationView.VersionView> versions(DefinitionHistory history) {
    List<OrchestrationView.VersionView> views = new ArrayList<>();
    for (Version version : history.versions()) {
      views.add(
          0,
          new OrchestrationView.VersionView(
              version.version(),
              version.hash(),
              Instant.ofEpochMilli(version.appendedAt()),
              version.requestedBy()));
    }
    return views;
  }

  private static OrchestrationView.WorkerView worker(DeclaredWorker worker) {
    return new OrchestrationView.WorkerView(
        worker.service(), worker.steps(), Instant.ofEpochMilli(worker.lastSeen()));
  }

  private static List<String> unserved(Orchestration definition, WorkerDeclarations workers) {
    Stream<String> names =
        definition.allSteps().stream()
            .filter(step -> step.work() instanceof Work.Remote)
            .map(Step::name);
    return names.filter(name -> !workers.serves(name)).toList();
  }
}
