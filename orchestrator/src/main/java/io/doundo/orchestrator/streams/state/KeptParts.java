package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * What the ended parts of a step have given, beside their parent in the store of contents, until
 * the results are put together. No flowId has a control character, so the keys meet no content's.
 * Stateless.
 */
public final class KeptParts {

  private static final int VERSION = 1;
  private static final char SEPARATOR = '\u0001';
  private static final char BEHIND_SEPARATOR = '\u0002';

  /**
   * What is kept of one part.
   *
   * @param result the JSON value that it has given; null for none
   * @param error why it failed; null when it has completed
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared; the array is not written.
  public record KeptPart(byte @Nullable [] result, @Nullable String error) {}

  private static final KeptPart NOTHING = new KeptPart(null, null);

  private KeptParts() {}

  public static String key(String flowId, int step, int attempt, int index) {
    return ofAttempt(flowId, step, attempt) + SEPARATOR + index;
  }

  private static String ofAttempt(String flowId, int step, int attempt) {
    return SEPARATOR + flowId + SEPARATOR + step + SEPARATOR + attempt;
  }

  public static byte[] encode(byte @Nullable [] result, @Nullable String error) {
    ByteWriter out = new ByteWriter(64 + (result == null ? 0 : result.length));
    out.writeByte(VERSION);
    out.writeNullableText(error);
    out.writeNullableBytes(result);
    return out.toByteArray();
  }

  public static KeptPart decode(byte @Nullable [] value) {
    if (value == null) {
      return NOTHING;
    }
    ByteReader in = new ByteReader(value);
    NewerSchemaException.check("the result of a part", in.readByte(), VERSION);
    String error = in.readNullableText();
    return new KeptPart(in.readNullableBytes(), error);
  }

  /**
   * The attempts whose parts are not needed any more, because the step has its result, has failed,
   * or begins anew; for {@link #delete}.
   */
  public static List<String> settled(@Nullable FlowState before, FlowState after) {
    List<String> settled = new ArrayList<>(0);
    List<StepState> steps = before == null ? List.of() : before.steps();
    for (int step = 0; step < steps.size(); step++) {
      PartsState parts = steps.get(step).parts();
      if (parts != null
          && isNeeded(steps.get(step), parts)
          && !isNeededStill(after, step, parts.attempt())) {
        settled.add(ofAttempt(after.flowId(), step, parts.attempt()));
      }
    }
    return settled;
  }

  private static boolean isNeededStill(FlowState after, int step, int attempt) {
    StepState now = after.status().isTerminal() ? null : after.steps().get(step);
    PartsState parts = now == null ? null : now.parts();
    return now != null && parts != null && parts.attempt() == attempt && isNeeded(now, parts);
  }

  private static boolean isNeeded(StepState step, PartsState parts) {
    return step.status() == StepStatus.IN_PROGRESS && parts.phase() == PartsPhase.FORWARD;
  }

  /** Deletes what is kept of the parts of an attempt. */
  public static void delete(String kept, KeyValueStore<String, byte[]> store) {
    List<String> keys = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all =
        store.range(kept + SEPARATOR, kept + BEHIND_SEPARATOR)) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> next = all.next();
        keys.add(next.key);
      }
    }
    // To delete them would read their values first.
    keys.forEach(key -> store.put(key, null));
  }
}
