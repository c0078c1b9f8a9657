package io.doundo.orchestrator.resend;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator changes in a dead letter before it is sent again.
 *
 * @param value the new value; null leaves it as it is
 * @param key must be the key of the dead letter; null leaves it as it is
 * @param headers record headers to set; null removes one
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
public record ResendEdit(
    byte @Nullable [] value, @Nullable String key, Map<String, @Nullable String> headers) {

  public static final ResendEdit NONE = new ResendEdit(null, null, Map.of());

  public ResendEdit {
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }
}
