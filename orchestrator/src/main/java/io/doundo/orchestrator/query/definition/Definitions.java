package io.doundo.orchestrator.query.definition;

import io.doundo.expression.EvaluationException;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Trigger;
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
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registered orchestrations. Every method throws a {@link ReadsUnavailableException} until the
 * definitions have been read. Where a later release has registered an orchestration in a form that
 * this one cannot read, lists and triggers go by its newest version that can be read; a question
 * about a version that cannot be read is answered with a {@link ReadsUnavailableException} too. No
 * such version affects another orchestration. Thread-safe.
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

  /** The keys that this release cannot read: each is logged once. */
  private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

  private record KnownHistory(DefinitionHistory history, long readAt) {}

  /** The newest version of an orchestration that this release can read. */
  private record Newest(Orchestration definition, Version version, DefinitionHistory history) {}

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
    try {
      return readHistory(name).latest().isPresent();
    } catch (UnreadableDefinitionException e) {
      note(name, e);
      return true;
    }
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
          && readHistory(definition.substring(0, at)).versions().stream()
              .anyMatch(version -> version.hash().equals(definition.substring(at + 1)));
    } catch (UnreadableDefinitionException e) {
      note(definition, e);
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
        .map(Newest::definition)
        .filter(definition -> !definition.receivers().isEmpty())
        .toList();
  }

  private Optional<Newest> newestReadable(String name) {
    return newestReadable(name, (unused, why) -> {});
  }

  private Optional<Newest> newestReadable(String name, BiConsumer<String, String> problem) {
    DefinitionHistory history;
    try {
      history = readHistory(name);
    } catch (UnreadableDefinitionException e) {
      note(name, e);
      problem.accept(name, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    List<Version> versions = history.versions();
    for (int i = versions.size() - 1; i >= 0; i--) {
      Version version = versions.get(i);
      DefinitionId id = new DefinitionId(name, version.hash());
      try {
        return content(id).map(definition -> new Newest(definition, version, history));
      } catch (UnreadableDefinitionException e) {
        note(id.topicKey(), e);
        problem.accept(name, String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private void note(String key, UnreadableDefinitionException problem) {
    if (unreadable.size() < MAX_REMEMBERED && unreadable.add(key)) {
      LOG.warn("This release cannot read {}; it was stored by a later one", key, problem);
    }
  }

  /**
   * The orchestrations that have triggers.
   *
   * @param triggered the newest version of each that can be read
   * @param outdated those whose newest version cannot be read, and why
   * @param unreadable those of which no version can be read
   */
  public record WithTriggers(
      List<Triggered> triggered, Map<String, String> outdated, Set<String> unreadable) {
    public WithTriggers {
      triggered = List.copyOf(triggered);
      outdated = Map.copyOf(outdated);
      unreadable = Set.copyOf(unreadable);
    }
  }

  /** All orchestrations that have triggers in their newest version. */
  public WithTriggers triggered() {
    List<Triggered> found = new ArrayList<>();
    Map<String, String> outdated = new HashMap<>();
    Set<String> none = new HashSet<>();
    for (String name : names()) {
      Optional<Newest> newest = newestReadable(name, outdated::put);
      newest.flatMap(Definitions::triggered).ifPresent(found::add);
      if (newest.isEmpty() && outdated.containsKey(name)) {
        none.add(name);
      }
    }
    return new WithTriggers(found, outdated, none);
  }

  /** One of them; empty for an unknown orchestration, and for one without triggers. */
  public Optional<Triggered> triggered(String name) {
    return newestReadable(name).flatMap(Definitions::triggered);
  }

  private static Optional<Triggered> triggered(Newest newest) {
    return newest.definition().triggers().isEmpty()
        ? Optional.empty()
        : Optional.of(new Triggered(newest.definition(), newest.history().status()));
  }

  /**
   * Since when an orchestration has had an event trigger on a topic, without a version in between
   * that had not, ms since the epoch; {@link Long#MAX_VALUE} when that is not known. A version that
   * this release cannot read is passed over.
   */
  public long hasReadSince(String name, String trigger, String topic) {
    long since = Long.MAX_VALUE;
    List<Version> versions;
    try {
      versions = readHistory(name).versions();
    } catch (UnreadableDefinitionException e) {
      note(name, e);
      return since;
    }
    for (int i = versions.size() - 1; i >= 0; i--) {
      Version version = versions.get(i);
      DefinitionId id = new DefinitionId(name, version.hash());
      try {
        if (content(id).filter(definition -> reads(definition, trigger, topic)).isEmpty()) {
          break;
        }
        since = version.appendedAt();
      } catch (UnreadableDefinitionException e) {
        note(id.topicKey(), e);
      }
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
    return triggered().triggered().stream()
        .flatMap(triggered -> triggered.definition().triggers().stream())
        .map(Trigger::event)
        .anyMatch(event -> event != null && event.topic().equals(topic));
  }

  /** The newest version of an orchestration. */
  public Optional<OrchestrationView> newest(String name) {
    return newestReadable(name)
        .map(
            newest ->
                OrchestrationViews.view(
                    newest.definition(), newest.version(), newest.history(), workers(name)));
  }

  /** A version of an orchestration; empty when it has no such version or does not keep it. */
  public Optional<OrchestrationView> version(String name, int number) {
    DefinitionHistory history = history(name);
    return numbered(history, number)
        .flatMap(
            version ->
                kept(new DefinitionId(name, version.hash()))
                    .map(
                        definition ->
                            OrchestrationViews.view(definition, version, history, workers(name))));
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
        .flatMap(version -> kept(new DefinitionId(name, version.hash())));
  }

  private Optional<Orchestration> kept(DefinitionId id) {
    try {
      return content(id);
    } catch (UnreadableDefinitionException e) {
      throw unreadable(e);
    }
  }

  private static ReadsUnavailableException unreadable(UnreadableDefinitionException problem) {
    return new ReadsUnavailableException(
        "This release cannot read it: " + problem.getMessage(), problem);
  }

  private static Optional<Version> numbered(DefinitionHistory history, int number) {
    return history.versions().stream().filter(version -> version.version() == number).findFirst();
  }

  /** A definition; empty when it is unknown, and when this release cannot read it. */
  @Override
  public Optional<Orchestration> find(DefinitionId id) {
    try {
      return content(id);
    } catch (UnreadableDefinitionException e) {
      note(id.topicKey(), e);
      return Optional.empty();
    }
  }

  private Optional<Orchestration> content(DefinitionId id) {
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
    DefinitionHistory history;
    try {
      history = recentHistory(id.name());
    } catch (UnreadableDefinitionException e) {
      note(id.name(), e);
      return Optional.empty();
    }
    for (Version version : history.versions()) {
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
    DefinitionHistory history = readHistory(name);
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
    try {
      return readHistory(name);
    } catch (UnreadableDefinitionException e) {
      throw unreadable(e);
    }
  }

  private DefinitionHistory readHistory(String name) {
    return read(() -> reader.history(name));
  }

  private WorkerDeclarations workers(String name) {
    try {
      return read(() -> reader.workers(name));
    } catch (UnreadableDefinitionException e) {
      note(WorkerDeclarations.topicKey(name), e);
      return WorkerDeclarations.EMPTY;
    }
  }

  private static <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (FlowsUnavailableException e) {
      throw new ReadsUnavailableException("The definitions cannot be read yet.", e);
    }
  }

  private Optional<OrchestrationSummary> summary(String name) {
    return newestReadable(name)
        .map(
            newest ->
                OrchestrationViews.summary(
                    newest.definition(),
                    newest.version(),
                    newest.history().status(),
                    workers(name)));
  }
}
