package io.doundo.orchestrator.expression.value;

import io.doundo.protocol.json.RawJson;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, each parsed when it is first read: an expression reads few of them.
 * Not thread-safe.
 */
public final class LazyFields extends AbstractMap<String, Object> {

  private final Map<String, RawJson> fields;
  private final Map<String, Object> parsed = new HashMap<>();

  public LazyFields(Map<String, RawJson> fields) {
    this.fields = fields;
  }

  /** About how many bytes the fields have. */
  public long weight() {
    long weight = 8;
    for (Map.Entry<String, RawJson> field : fields.entrySet()) {
      weight += field.getKey().length() + field.getValue().size();
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
        value = Values.parse(json);
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
