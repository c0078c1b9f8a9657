package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The versions of one name, oldest first; the value at the key {@code name} of the definitions
 * topic. Going back to earlier content is a new version with an old hash. Old versions may be
 * missing; numbers go on all the same.
 *
 * @param changes the changes of the name's status, oldest first; before the first one it was active
 */
public record DefinitionHistory(List<Version> versions, List<StatusChange> changes) {

  /**
   * A version.
   *
   * @param version from 1
   * @param appendedAt when the definition was appended, by the broker's clock, ms since the epoch
   * @param requestedBy the requester, if the registration names one
   */
  public record Version(String hash, int version, long appendedAt, @Nullable String requestedBy) {}

  /**
   * The name's status has changed.
   *
   * @param at when it was stored, by the broker's clock, ms since the epoch: it applies to starts
   *     appended later
   * @param requestedBy the requester, if the registration names one
   */
  public record StatusChange(OrchestrationStatus status, long at, @Nullable String requestedBy) {}

  /** The maximum number of changes kept; only those that can still apply to a start count. */
  private static final int MOST_CHANGES = 100;

  /**
   * Some 70 kB, and less than 500 kB however long the names are of those who asked. Only services
   * that register different contents in turn come so far.
   */
  public static final int MOST_VERSIONS = 1_000;

  /** Of a name that was never registered. */
  public static final DefinitionHistory EMPTY = new DefinitionHistory(List.of(), List.of());

  public DefinitionHistory {
    versions = List.copyOf(versions);
    changes = List.copyOf(changes);
  }

  /** The name's status now. */
  public OrchestrationStatus status() {
    return changes.isEmpty()
        ? OrchestrationStatus.ACTIVE
        : changes.get(changes.size() - 1).status();
  }

  /**
   * The name's status for a start that was appended at this time. A start from before the name was
   * registered is treated as if it had arrived with the registration.
   */
  public OrchestrationStatus statusAt(long startAppendedAt) {
    long appendedAt =
        versions.isEmpty()
            ? startAppendedAt
            : Math.max(startAppendedAt, versions.get(0).appendedAt());
    OrchestrationStatus found = OrchestrationStatus.ACTIVE;
    for (StatusChange change : changes) {
      if (change.at() <= appendedAt) {
        found = change.status();
      }
    }
    return found;
  }

  /** This history with one more change of the status. */
  public DefinitionHistory with(StatusChange change) {
    List<StatusChange> longer = new ArrayList<>(changes);
    longer.add(change);
    return new DefinitionHistory(versions, longer);
  }

  /** The newest version. */
  public Optional<Version> latest() {
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  /**
   * The version for a start that was appended at this time: the newest appended no later, else the
   * first one after. Empty when there is none at all.
   */
  public Optional<Version> at(long startAppendedAt) {
    if (versions.isEmpty()) {
      return Optional.empty();
    }
    Version chosen = versions.get(0);
    for (Version version : versions) {
      if (version.appendedAt() <= startAppendedAt) {
        chosen = version;
      }
    }
    return Optional.of(chosen);
  }

  /** This history with one more version, without a requester. */
  public DefinitionHistory with(String hash, long appendedAt) {
    return with(hash, appendedAt, null);
  }

  /**
   * This history with one more version.
   *
   * @param requestedBy the requester; null when the registration does not say
   */
  public DefinitionHistory with(String hash, long appendedAt, @Nullable String requestedBy) {
    List<Version> longer = new ArrayList<>(versions);
    int number = latest().map(Version::version).orElse(0) + 1;
    longer.add(new Version(hash, number, appendedAt, requestedBy));
    return new DefinitionHistory(longer, changes);
  }

  /**
   * This history without the versions that are no longer needed. Kept are those that a start can
   * still choose, the last version of each content, so that a flow that runs on it knows its
   * number, and in any case the newest; never more than {@link #MOST_VERSIONS}.
   *
   * @param oldestStart when the oldest start that can still be read was appended, ms since the
   *     epoch
   */
  public DefinitionHistory since(long oldestStart) {
    Version chosenByOldest = at(oldestStart).orElse(null);
    Set<String> later = new HashSet<>();
    List<Version> kept = new ArrayList<>();
    for (int i = versions.size() - 1; i >= 0 && kept.size() < MOST_VERSIONS; i--) {
      Version version = versions.get(i);
      boolean lastOfItsContent = later.add(version.hash());
      if (lastOfItsContent
          || version.appendedAt() >= oldestStart
          || version.equals(chosenByOldest)) {
        kept.add(version);
      }
    }
    Collections.reverse(kept);
    return new DefinitionHistory(kept, changesSince(oldestStart));
  }

  /** The changes that can still apply to a start, and always the latest ones. */
  private List<StatusChange> changesSince(long oldestStart) {
    int first = Math.max(0, changes.size() - MOST_CHANGES);
    while (first + 1 < changes.size() && changes.get(first + 1).at() <= oldestStart) {
      first++;
    }
    return changes.subList(first, changes.size());
  }

  /** Whether older versions are dropped because there are too many, not because of their age. */
  public boolean isFull() {
    return versions.size() >= MOST_VERSIONS;
  }

  /** The stored form. */
  public byte[] encode() {
    ObjectNode json = DefinitionCodec.versioned();
    ArrayNode array = json.putArray("versions");
    for (Version version : versions) {
      ObjectNode entry =
          array
              .addObject()
              .put("hash", version.hash())
              .put("version", version.version())
              .put("appendedAt", version.appendedAt());
      if (version.requestedBy() != null) {
        entry.put("requestedBy", version.requestedBy());
      }
    }
    if (!changes.isEmpty()) {
      ArrayNode changed = json.putArray("statuses");
      for (StatusChange change : changes) {
        ObjectNode entry =
            changed.addObject().put("status", change.status().name()).put("at", change.at());
        if (change.requestedBy() != null) {
          entry.put("requestedBy", change.requestedBy());
        }
      }
    }
    return Json.MAPPER.writeValueAsBytes(json);
  }

  /** Reads the stored form. */
  public static DefinitionHistory decode(byte[] value) throws MalformedRecordException {
    try {
      JsonNode json = Json.MAPPER.readTree(value);
      DefinitionCodec.requireSchema(json);
      List<Version> versions = new ArrayList<>();
      for (JsonNode version : json.required("versions")) {
        versions.add(
            new Version(
                DefinitionCodec.text(version, "hash"),
                version.required("version").intValue(),
                version.required("appendedAt").longValue(),
                version.path("requestedBy").asString(null)));
      }
      List<StatusChange> changes = new ArrayList<>();
      for (JsonNode change : json.path("statuses")) {
        changes.add(
            new StatusChange(
                OrchestrationStatus.valueOf(DefinitionCodec.text(change, "status")),
                change.required("at").longValue(),
                change.path("requestedBy").asString(null)));
      }
      return new DefinitionHistory(versions, changes);
    } catch (JacksonException | IllegalArgumentException e) {
      throw new MalformedRecordException("the stored history cannot be read: " + e.getMessage());
    }
  }
}
