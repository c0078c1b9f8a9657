package io.doundo.history.simulation;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state that all participants of one run share.
 *
 * @param beside a second random stream, for the kinds of fault that were added later
 * @param evaluations the values of expressions
 */
public record Scene(
    Dice dice,
    Dice beside,
    Evaluations evaluations,
    Timeline timeline,
    Story story,
    Weather weather,
    Orchestration definition,
    Recorder recorder,
    Coverage coverage,
    Set<BrokenRule> broken) {

  public static final Content START = new Content("00000000000000000000000000005747", 40, true);

  private static final Content[] RESULTS = new Content[24];
  private static final RawJson[] JSON = new RawJson[RESULTS.length];

  static {
    for (int i = 0; i < RESULTS.length; i++) {
      RESULTS[i] = new Content(String.format("%032x", i), 20 + i, i % 4 != 0);
      JSON[i] = RawJson.trusted(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
    }
  }

  public static Content result(int number) {
    return RESULTS[number];
  }

  /** The payload with which a worker returns this result. */
  public static RawJson json(Content result) {
    return JSON[Integer.parseInt(result.digest(), 16)];
  }

  /** The result that is in this payload. */
  public static Content content(RawJson json) {
    return RESULTS[Integer.parseInt(new String(json.bytes(), StandardCharsets.US_ASCII))];
  }

  public boolean is(BrokenRule rule) {
    return broken.contains(rule);
  }

  public long now() {
    return timeline.now();
  }

  /** A random result of a DO; null about half of the time. */
  public @Nullable Content anyResult() {
    return dice.chance(500) ? null : dice.pick(RESULTS);
  }

  public Content anyPayload() {
    return dice.pick(RESULTS);
  }

  /** A random payload of a signal. */
  public Content anySignalled() {
    return beside.pick(RESULTS);
  }

  public String anyError() {
    return dice.pick(RandomDefinitions.ERRORS);
  }
}
