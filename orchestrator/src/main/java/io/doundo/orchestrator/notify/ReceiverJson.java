package io.doundo.orchestrator.notify;

import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Receivers as JSON: part of a stored orchestration and of its hash. Stateless. */
public final class ReceiverJson {

  /** The field of an orchestration in which they stand. */
  public static final String FIELD = "notify";

  private static final Map<String, Occasion> OCCASIONS =
      Arrays.stream(Occasion.values()).collect(Collectors.toMap(Occasion::name, one -> one));

  private ReceiverJson() {}

  /** The stored form. */
  public static ArrayNode write(List<Receiver> receivers) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (Receiver receiver : receivers) {
      ObjectNode json = list.addObject().put("name", receiver.name());
      ArrayNode on = json.putArray("on");
      receiver.on().forEach(occasion -> on.add(occasion.name()));
      json.put("connection", receiver.connection());
      if (!receiver.url().isEmpty()) {
        json.put("url", receiver.url());
      }
      if (receiver.when() != null) {
        json.put("when", receiver.when());
      }
      if (receiver.body() != null) {
        json.set("body", Json.MAPPER.readTree(receiver.body()));
      }
    }
    return list;
  }

  /**
   * Reads the stored form. An occasion of a later release is passed over: this one tells nobody of
   * it, and flows go on.
   *
   * @param orchestration the object in which they stand
   * @throws RuntimeException when it is damaged
   */
  public static List<Receiver> read(JsonNode orchestration) {
    List<Receiver> receivers = new ArrayList<>();
    for (JsonNode json : orchestration.path(FIELD)) {
      List<Occasion> on = new ArrayList<>();
      for (JsonNode word : json.required("on")) {
        Occasion occasion = OCCASIONS.get(JsonText.of(word, "an occasion"));
        if (occasion != null) {
          on.add(occasion);
        }
      }
      JsonNode body = json.get("body");
      String url = text(json, "url");
      receivers.add(
          new Receiver(
              JsonText.required(json, "name"),
              on,
              JsonText.required(json, "connection"),
              url == null ? "" : url,
              text(json, "when"),
              body == null ? null : Json.of(body).toString()));
    }
    return receivers;
  }

  private static @Nullable String text(JsonNode json, String field) {
    JsonNode value = json.get(field);
    return value == null ? null : value.stringValue();
  }
}
