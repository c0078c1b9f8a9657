package io.doundo.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names under which a service says who it is; informative only, and so never refused. */
public final class ServiceName {

  /** Where a registrant or initiator names itself, best first. */
  public static final List<String> REGISTRANT = List.of("serviceName", "X-Service-Name", "source");

  /** Where a worker names itself, best first. */
  static final List<String> WORKER =
      List.of(RecordHeaders.WORKER, "serviceName", "X-Service-Name", "source");

  private static final int MAX_LENGTH = 255;

  private ServiceName() {}

  /** The first usable name, record headers before body headers, or null. */
  public static @Nullable String find(
      List<String> names, HeaderLookup recordHeaders, Map<String, String> bodyHeaders) {
    String fromRecord = recordHeaders.firstReadable(names);
    if (fromRecord != null) {
      return fromRecord;
    }
    for (String name : names) {
      String value = bodyHeaders.get(name);
      if (value != null && Names.isPlainText(value, MAX_LENGTH)) {
        return value;
      }
    }
    return null;
  }
}
