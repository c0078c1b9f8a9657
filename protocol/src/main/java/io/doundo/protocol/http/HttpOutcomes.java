package io.doundo.protocol.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a step says about single statuses. A status such as {@code 412} wins over its class, such as
 * {@code 4xx}. Immutable.
 *
 * @param byStatus the outcome of each status or class, in the order of the document
 */
public record HttpOutcomes(Map<String, HttpOutcome> byStatus) {

  /** Says nothing about any status. */
  public static final HttpOutcomes NONE = new HttpOutcomes(Map.of());

  private static final Pattern KEY = Pattern.compile("[1-5](?:[0-9][0-9]|xx)");

  public HttpOutcomes {
    byStatus = Collections.unmodifiableMap(new LinkedHashMap<>(byStatus));
  }

  /** Why a text is neither a status nor a class of statuses, or null when it is one. */
  public static @Nullable String refuse(String key) {
    return KEY.matcher(key).matches()
        ? null
        : "must be a status such as 412, or a class such as 5xx";
  }

  /** What the step says about this status; null when nothing. */
  public @Nullable HttpOutcome of(int status) {
    HttpOutcome own = byStatus.get(Integer.toString(status));
    return own == null ? byStatus.get(status / 100 + "xx") : own;
  }
}
