package io.doundo.orchestrator.app;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the number of series bounded, whatever is registered: the first {@link #MOST}
 * orchestrations and the first {@link #MOST} steps keep their names in the tags of our meters, and
 * all others are {@code other}. Thread-safe.
 */
final class StepSeriesLimit implements MeterFilter {

  static final int MOST = 300;
  static final String OTHER = "other";

  private static final String ORCHESTRATION = "orchestration";
  private static final String STEP = "step";

  private final Set<String> orchestrations = ConcurrentHashMap.newKeySet();
  private final Set<StepName> steps = ConcurrentHashMap.newKeySet();

  private record StepName(String orchestration, String step) {}

  @Override
  public Meter.Id map(Meter.Id id) {
    String orchestration = id.getTag(ORCHESTRATION);
    if (orchestration == null || !id.getName().startsWith("doundo.")) {
      return id;
    }
    String step = id.getTag(STEP);
    if (isNamed(orchestration, step)) {
      return id;
    }
    Tags tags = Tags.of(id.getTags()).and(Tag.of(ORCHESTRATION, OTHER));
    return id.replaceTags(step == null ? tags : tags.and(Tag.of(STEP, OTHER)));
  }

  /**
   * Whether this orchestration, or this step of it, has a series of its own.
   *
   * @param step null for a series of the whole orchestration
   */
  boolean isNamed(String orchestration, @Nullable String step) {
    if (orchestration.equals(OTHER)) {
      return true;
    }
    return step == null
        ? isAdmitted(orchestrations, orchestration)
        : isAdmitted(steps, new StepName(orchestration, step));
  }

  private static <T> boolean isAdmitted(Set<T> admitted, T name) {
    if (admitted.contains(name)) {
      return true;
    }
    synchronized (admitted) {
      return admitted.size() < MOST && admitted.add(name);
    }
  }
}
