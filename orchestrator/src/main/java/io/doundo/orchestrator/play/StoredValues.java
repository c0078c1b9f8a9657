package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Sha256;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.evaluation.ResultRoom;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * The engine's own evaluator over the JSON values of one flow. Values that a request or an
 * expression adds stay here. Not thread-safe.
 */
public final class StoredValues implements Evaluations {

  private static final int DIGEST_BYTES = 16;

  private final FlowEvaluator evaluator = new FlowEvaluator();
  private final Map<String, byte[]> contents;
  private final int maxRecordBytes;

  /**
   * @param contents the flow's values by digest; missing ones are unknown
   * @param maxRecordBytes the largest record that the engine writes
   */
  public StoredValues(Map<String, byte[]> contents, int maxRecordBytes) {
    this.contents = new HashMap<>(contents);
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Stores a value. */
  public Content add(RawJson value) {
    String text = new String(value.bytes(), StandardCharsets.UTF_8);
    String digest = HexFormat.of().formatHex(Sha256.of(text), 0, DIGEST_BYTES);
    contents.put(digest, value.bytes());
    return new Content(digest, value.size(), value.isObject());
  }

  @Override
  public Evaluation of(Orchestration definition, FlowState state, Evaluate asked) {
    try {
      return evaluator.evaluate(definition, state, asked, new Values(definition, state));
    } catch (UnknownValueException e) {
      if (asked.purpose() == Purpose.UNDO
          || asked.purpose() == Purpose.INPUT
          || asked.purpose() == Purpose.REQUEST
          || asked.purpose() == Purpose.GATHER
          || asked.purpose() == Purpose.RESULT) {
        return new Evaluation.Value(UnknownValue.of(String.valueOf(e.getMessage())));
      }
      // The flow's course depends on it.
      throw e;
    }
  }

  private RawJson read(Content content) {
    if (UnknownValue.is(content)) {
      throw new UnknownValueException(UnknownValue.name(content));
    }
    byte[] bytes = contents.get(content.digest());
    if (bytes == null) {
      throw new UnknownValueException("a value of the flow that cannot be read right now");
    }
    return RawJson.trusted(bytes);
  }

  private final class Values implements FlowEvaluator.Values {

    private final Orchestration definition;
    private final FlowState state;

    Values(Orchestration definition, FlowState state) {
      this.definition = definition;
      this.state = state;
    }

    @Override
    public RawJson read(Content content) {
      return StoredValues.this.read(content);
    }

    @Override
    public Content add(RawJson value) {
      return StoredValues.this.add(value);
    }

    @Override
    public boolean fitsCommand(RawJson value) {
      return value.size() <= ResultRoom.of(state, maxRecordBytes);
    }

    @Override
    public FlowEvaluator.Newest newest(String orchestration) {
      throw new UnknownValueException("which version of " + orchestration + " is the newest");
    }

    @Override
    public boolean fitsMessage(long bytes) {
      return bytes <= ResultRoom.ofMessage(state, maxRecordBytes);
    }

    @Override
    public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
      throw new UnknownValueException("what the parts of the step have given");
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return ResultRoom.fits(definition, state, step, result, maxRecordBytes, this);
    }
  }
}
