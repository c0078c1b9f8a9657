package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader.UnreadableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * Looks through the events of a YAML text before any tree is built: a tag would ask for a type, and
 * aliases can make a small text expand without bound. Their expansion is counted here, merges
 * included, so the aliases themselves need no limit.
 */
final class YamlScan {

  static final int MAX_NODES = 100_000;
  static final int MAX_DEPTH = 50;

  /** A collection that is open. */
  private record Open(@Nullable String anchor, int nodesBefore) {}

  private final Map<String, Integer> sizes = new HashMap<>();
  private final Set<String> unfinished = new HashSet<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private int document = -1;
  private int nodes;

  private YamlScan() {}

  /**
   * Reads the events to their end.
   *
   * @throws UnreadableException with the place of the first tag, or of what makes it too large
   */
  static void check(Iterable<Event> events) throws UnreadableException {
    YamlScan scan = new YamlScan();
    for (Event event : events) {
      scan.take(event);
    }
  }

  private void take(Event event) throws UnreadableException {
    if (event instanceof DocumentStartEvent) {
      document++;
      nodes = 0;
      sizes.clear();
    } else if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), event);
      count(1, event);
      if (scalar.getAnchor() != null) {
        sizes.put(scalar.getAnchor(), 1);
      }
    } else if (event instanceof AliasEvent alias) {
      count(sizeOf(alias), event);
    } else if (event instanceof CollectionStartEvent collection) {
      refuseTag(collection.getTag(), event);
      open.push(new Open(collection.getAnchor(), nodes));
      if (collection.getAnchor() != null) {
        unfinished.add(collection.getAnchor());
      }
      count(1, event);
    } else if (event instanceof CollectionEndEvent) {
      Open closed = open.pop();
      if (closed.anchor() != null) {
        unfinished.remove(closed.anchor());
        sizes.put(closed.anchor(), nodes - closed.nodesBefore());
      }
    }
  }

  /** An undefined anchor is left to the parser, which reports it. */
  private int sizeOf(NodeEvent alias) throws UnreadableException {
    if (unfinished.contains(alias.getAnchor())) {
      throw refused(
          alias, "the alias *" + alias.getAnchor() + " refers to a value that contains it");
    }
    return sizes.getOrDefault(alias.getAnchor(), 1);
  }

  private void count(int more, Event event) throws UnreadableException {
    nodes += more;
    if (nodes > MAX_NODES || open.size() > MAX_DEPTH) {
      throw refused(
          event,
          nodes > MAX_NODES
              ? "the document has more than %,d values once its aliases are expanded"
                  .formatted(MAX_NODES)
              : "the document is nested deeper than " + MAX_DEPTH + " levels");
    }
  }

  private void refuseTag(@Nullable String tag, Event event) throws UnreadableException {
    if (tag != null) {
      throw refused(event, "YAML tags are not allowed: " + tag);
    }
  }

  private UnreadableException refused(Event event, String message) {
    Mark mark = event.getStartMark();
    return new UnreadableException(YamlTree.problem(document, mark, message));
  }
}
