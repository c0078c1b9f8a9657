package io.doundo.orchestrator.streams.task;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/** Finds, in a start payload, the value by which its flow can be searched. */
final class SearchValue {

  private static final int LONGEST = 255;

  private SearchValue() {}

  /** The text of that top-level field; null without a key, or when it holds no short scalar. */
  static @Nullable String of(@Nullable String searchKey, byte[] payload) {
    if (searchKey == null || payload[0] != '{') {
      return null;
    }
    try {
      RawJson value = Json.fields(payload).get(searchKey);
      if (value == null || !value.isScalar()) {
        return null;
      }
      String text = Json.text(value);
      return text.length() <= LONGEST ? text : null;
    } catch (NumberFormatException e) {
      // A number beyond all bounds is no value that anybody searches.
      return null;
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("an accepted start payload is not JSON", e);
    }
  }
}
