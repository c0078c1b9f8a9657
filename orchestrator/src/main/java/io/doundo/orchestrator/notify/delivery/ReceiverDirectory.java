package io.doundo.orchestrator.notify.delivery;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.notify.ReceiverProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receivers of the settings, which are told about all orchestrations, and those of the newest
 * version of every orchestration. One whose expressions cannot be compiled, because an earlier
 * release has stored it, is left out and named; so are those of a version that a later release has
 * stored and this one cannot read. The others are not affected. Used by one thread.
 */
public final class ReceiverDirectory {

  /** What stands before the name of a receiver of all orchestrations. */
  public static final String ALL = "*";

  private static final Logger LOG = LoggerFactory.getLogger(ReceiverDirectory.class);

  /**
   * The receivers.
   *
   * @param ofAll those that are told about every orchestration
   * @param byOrchestration the others, by the name of their orchestration
   * @param unusable those that are left out, by name, and why; those of a version that cannot be
   *     read by the name of its orchestration
   */
  public record Found(
      List<ReceiverProgram> ofAll,
      Map<String, List<ReceiverProgram>> byOrchestration,
      Map<String, String> unusable) {

    public Found {
      ofAll = List.copyOf(ofAll);
      byOrchestration = Map.copyOf(byOrchestration);
      unusable = Map.copyOf(unusable);
    }

    /** Whether nobody is told of anything. */
    boolean isNobody() {
      return ofAll.isEmpty() && byOrchestration.values().stream().allMatch(List::isEmpty);
    }

    /** Everybody who may be told about an orchestration, or with null about what all share. */
    public List<ReceiverProgram> of(@Nullable String orchestration) {
      List<ReceiverProgram> own =
          orchestration == null
              ? List.of()
              : byOrchestration.getOrDefault(orchestration, List.of());
      if (own.isEmpty()) {
        return ofAll;
      }
      List<ReceiverProgram> both = new ArrayList<>(ofAll);
      both.addAll(own);
      return both;
    }
  }

  /** What is registered. */
  @FunctionalInterface
  public interface Registered {
    /**
     * The newest versions that have receivers.
     *
     * @param unreadable is told each orchestration whose newest version this release cannot read,
     *     and why
     */
    List<Orchestration> find(BiConsumer<String, String> unreadable);
  }

  /** A program, or why there is none. */
  private record Compiled(@Nullable ReceiverProgram program, String problem) {}

  private final List<ReceiverProgram> ofAll;
  private final Registered definitions;
  private final Predicate<String> isRegistered;

  /** Compiled anew only when the definition is another one. */
  private Map<String, Compiled> known = new HashMap<>();

  /** The orchestrations whose newest version could not be read at the last look, and why. */
  private Map<String, String> unreadable = Map.of();

  /**
   * Compiles the receivers of the settings.
   *
   * @param isRegistered whether this instance knows a version, by {@code name@hash}
   * @throws IllegalArgumentException when an expression of the settings cannot be compiled
   */
  public ReceiverDirectory(
      List<Receiver> ofAll, Registered definitions, Predicate<String> isRegistered) {
    this.ofAll = ofAll.stream().map(ReceiverDirectory::ofSettings).toList();
    this.definitions = definitions;
    this.isRegistered = isRegistered;
  }

  /**
   * Whether this instance knows a version, and so its receivers. A flow may run on another instance
   * before that.
   *
   * @param definition {@code name@hash}
   */
  boolean knows(String definition) {
    return isRegistered.test(definition);
  }

  private static ReceiverProgram ofSettings(Receiver receiver) {
    try {
      return new ReceiverProgram(ALL, receiver);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "doundo.notify.receivers: the expressions of %s cannot be compiled: %s"
              .formatted(receiver.name(), e.getMessage()),
          e);
    }
  }

  /** The receivers as they are now; may throw a {@code ReadsUnavailableException}. */
  Found find() {
    Map<String, List<ReceiverProgram>> found = new HashMap<>();
    Map<String, String> unusable = new TreeMap<>();
    Map<String, Compiled> used = new HashMap<>();
    List<Orchestration> newest = definitions.find(unusable::put);
    tellUnreadable(Map.copyOf(unusable));
    for (Orchestration definition : newest) {
      List<ReceiverProgram> programs = new ArrayList<>();
      for (Receiver receiver : definition.receivers()) {
        String key = definition.id().topicKey() + '/' + receiver.name();
        Compiled compiled = known.get(key);
        if (compiled == null) {
          compiled = compile(definition.name(), receiver);
        }
        used.put(key, compiled);
        if (compiled.program() == null) {
          unusable.put(definition.name() + '/' + receiver.name(), compiled.problem());
        } else {
          programs.add(compiled.program());
        }
      }
      found.put(definition.name(), List.copyOf(programs));
    }
    known = used;
    return new Found(ofAll, found, unusable);
  }

  private void tellUnreadable(Map<String, String> now) {
    now.forEach(
        (orchestration, why) -> {
          if (!why.equals(unreadable.get(orchestration))) {
            LOG.error(
                "The receivers of the newest version of {} are left out, because this release"
                    + " cannot read it: {}",
                orchestration,
                why);
          }
        });
    unreadable = now;
  }

  private static Compiled compile(String orchestration, Receiver receiver) {
    try {
      return new Compiled(new ReceiverProgram(orchestration, receiver), "");
    } catch (RuntimeException e) {
      LOG.error(
          "The receiver {}/{} is left out, because its expressions cannot be compiled: register its"
              + " orchestration again",
          orchestration,
          receiver.name(),
          e);
      return new Compiled(null, String.valueOf(e.getMessage()));
    }
  }
}
