package io.doundo.orchestrator.evaluation;

import io.doundo.orchestrator.core.effect.FlowMessage.PartInput;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a part is started with: the step's input, and the item or the state of its loop. */
public final class PartPayloads {

  private PartPayloads() {}

  /**
   * The start payload of a part.
   *
   * @param index of the part
   * @param lists has the items of the lists that were read last
   */
  public static RawJson of(
      Work.Parts work, int index, PartInput input, FlowEvaluator.Reader values, ItemLists lists) {
    List<RawJson> merged = new ArrayList<>();
    for (Content content : input.merged()) {
      merged.add(values.read(content));
    }
    Map<String, RawJson> given = new LinkedHashMap<>();
    Content items = input.items();
    if (work instanceof Work.ForEach list && items != null) {
      given.put(list.as(), lists.item(items, index, values));
      given.put("index", number(index));
    }
    if (work instanceof Work.Repeat) {
      Content loop = input.loop();
      given.put("state", loop == null ? RawJson.EMPTY_OBJECT : values.read(loop));
      given.put("round", number(index + 1));
    }
    if (given.isEmpty() && merged.size() == 1) {
      return merged.get(0);
    }
    merged.removeIf(value -> !value.isObject());
    merged.add(Json.object(given));
    try {
      return Json.merge(merged);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("a stored content is not JSON", e);
    }
  }

  static RawJson number(long value) {
    return RawJson.trusted(Long.toString(value).getBytes(StandardCharsets.UTF_8));
  }
}
