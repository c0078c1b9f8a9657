package io.doundo.orchestrator.evaluation;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * The lists whose items were read last, so that a list is read once and not again for each item.
 * Not thread-safe.
 */
public final class ItemLists {

  private static final int MOST_LISTS = 16;
  private static final long MOST_BYTES = 2L * 1024 * 1024;

  private final Map<String, Entry> lists = new LinkedHashMap<>(MOST_LISTS, 0.75f, true);
  private long bytes;

  private record Entry(JsonNode list, int size) {}

  /** An item of a list. */
  RawJson item(Content list, int index, FlowEvaluator.Reader values) {
    Entry known = lists.get(list.digest());
    if (known == null) {
      known = new Entry(Json.MAPPER.readTree(values.read(list).bytes()), list.size());
      lists.put(list.digest(), known);
      bytes += known.size();
      forgetOldest();
    }
    return Json.of(known.list().required(index));
  }

  private void forgetOldest() {
    while (lists.size() > 1 && (lists.size() > MOST_LISTS || bytes > MOST_BYTES)) {
      String oldest = lists.keySet().iterator().next();
      bytes -= Objects.requireNonNull(lists.remove(oldest)).size();
    }
  }
}
