package io.doundo.orchestrator.play;

import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The known workers of an orchestration.
 *
 * @param declared the services that declared to serve a step, by step name
 * @param attached who reads the topics of commands, by topic; a topic of which that is unknown is
 *     absent
 */
public record Presence(Map<String, List<Declared>> declared, Map<String, Attachment> attached) {

  /**
   * A service that declared to serve a step.
   *
   * @param lastSeen when it last declared so
   */
  public record Declared(String service, Instant lastSeen) {}

  /**
   * Who reads a topic of commands.
   *
   * @param groups the consumer groups that do
   * @param members how many consumers they have there; 0 if no worker is attached
   * @param unread about how many commands they have not committed yet
   */
  public record Attachment(List<String> groups, int members, long unread) {

    /** Nobody reads the topic. */
    public static final Attachment NOBODY = new Attachment(List.of(), 0, 0);

    public Attachment {
      groups = List.copyOf(groups);
    }

    public boolean any() {
      return members > 0;
    }
  }

  public Presence {
    declared = Map.copyOf(declared);
    attached = Map.copyOf(attached);
  }

  /** Only the declarations are known. */
  public Presence(Map<String, List<Declared>> declared) {
    this(declared, Map.of());
  }

  /** These workers, seen at the topics of commands. */
  public Presence with(Map<String, Attachment> seen) {
    return new Presence(declared, seen);
  }

  /** Whether a service declared to serve the step. */
  public boolean serves(String step) {
    return !declared.getOrDefault(step, List.of()).isEmpty();
  }

  /**
   * Whether somebody reads the step's commands in one direction. Where that is unknown, a service
   * that declared to serve the step counts.
   */
  boolean reads(String orchestration, Step step, CommandAction action) {
    if (!step.isOutside()) {
      // It asks no worker.
      return true;
    }
    Attachment seen = attachedTo(step.topic(orchestration, action));
    // Nobody declares to serve the requests that the orchestrator's own worker makes.
    return seen == null ? step.work() instanceof Work.Http || serves(step.name()) : seen.any();
  }

  /** The services that declared to serve the step. */
  public List<Declared> of(String step) {
    return declared.getOrDefault(step, List.of());
  }

  /** Who reads the topic; null if that is unknown. */
  public @Nullable Attachment attachedTo(@Nullable String topic) {
    return topic == null ? null : attached.get(topic);
  }
}
