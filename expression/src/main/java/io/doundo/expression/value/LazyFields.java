package io.doundo.expression.value;

import io.doundo.protocol.json.RawJson;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, each parsed when it is first read, because an expression reads only
 * few values. A field that is never read is written unchanged. Not thread-safe.
 */
public final class LazyFields extends AbstractMap<String, Object> {

  private final Map<String, RawJson> fields;
  private final Map<String, Object> parsed = new HashMap<>();
  private long weight = -1;

  public LazyFields(Map<String, RawJson> fields) {
    this.fields = fields;
  }

  /** The fields of both; where both have one, the other's value wins. */
  public LazyFields merge(LazyFields other) {
    Map<String, RawJson> merged = new LinkedHashMap<>(fields);
    merged.putAll(other.fields);
    return new LazyFields(merged);
  }

  /** The fields whose name passes, in their order. */
  public LazyFields filter(Predicate<String> isKept) {
    Map<String, RawJson> kept = new LinkedHashMap<>();
    fields.forEach(
        (name, value) -> {
          if (isKept.test(name)) {
            kept.put(name, value);
          }
        });
    return new LazyFields(kept);
  }

  /** The fields in their original bytes. */
  Map<String, RawJson> written() {
    return fields;
  }

  /** The approximate size of the fields in bytes. */
  public long weight() {
    if (weight < 0) {
      long sum = 8;
      for (Map.Entry<String, RawJson> field : fields.entrySet()) {
        sum += field.getKey().length() + field.getValue().size();
      }
      weight = sum;
    }
    return weight;
  }

  @Override
  public boolean containsKey(Object name) {
    return fields.containsKey(name);
  }

  @Override
  public @Nullable Object get(Object name) {
    Object value = parsed.get(name);
    if (value == null && name instanceof String text) {
      RawJson json = fields.get(text);
      if (json != null) {
        value = Values.lazy(json);
        parsed.put(text, value);
      }
    }
    return value;
  }

  @Override
  public int size() {
    return fields.size();
  }

  @Override
  public Set<String> keySet() {
    return fields.keySet();
  }

  @Override
  public Set<Map.Entry<String, Object>> entrySet() {
    return new AbstractSet<>() {

      @Override
      public Iterator<Map.Entry<String, Object>> iterator() {
        Iterator<String> names = fields.keySet().iterator();
        return new Iterator<>() {

          @Override
          public boolean hasNext() {
            return names.hasNext();
          }

          @Override
          public Map.Entry<String, Object> next() {
            String name = names.next();
            Object value = get(name);
            return Map.entry(name, value == null ? Values.NULL : value);
          }
        };
      }

      @Override
      public int size() {
        return fields.size();
      }
    };
  }
}
