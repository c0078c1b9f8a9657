package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.query.index.FlowRow.RecordPlace;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The archive's records that were read last, as many as fit in a few megabytes: a caller that waits
 * for the end of a flow asks for it just after it has ended. Thread-safe.
 */
final class ArchivedValues {

  private static final int MOST_BYTES = 4 * 1024 * 1024;

  /** What an entry takes beside its value, about. */
  private static final int ENTRY_BYTES = 128;

  private final Map<RecordPlace, byte[]> values = new LinkedHashMap<>();
  private int bytes;

  synchronized void add(RecordPlace place, byte[] value) {
    int size = value.length + ENTRY_BYTES;
    if (size > MOST_BYTES / 8 || values.put(place, value) != null) {
      return;
    }
    bytes += size;
    Iterator<byte[]> oldest = values.values().iterator();
    while (bytes > MOST_BYTES && oldest.hasNext()) {
      bytes -= oldest.next().length + ENTRY_BYTES;
      oldest.remove();
    }
  }

  synchronized byte @Nullable [] get(RecordPlace place) {
    return values.get(place);
  }
}
