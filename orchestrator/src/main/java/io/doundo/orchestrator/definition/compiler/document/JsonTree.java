package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.orchestrator.definition.compiler.document.DocumentReader.UnreadableException;
import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/** Reads one JSON document into a located tree. */
final class JsonTree {

  private JsonTree() {}

  static Located read(String document) throws UnreadableException {
    try (JsonParser parser = Json.parser(document.getBytes(StandardCharsets.UTF_8))) {
      parser.nextToken();
      Located root = value(parser);
      if (parser.nextToken() != null) {
        throw unreadable(
            parser.currentTokenLocation(),
            "expected one JSON document, but another value follows it");
      }
      return root;
    } catch (JacksonException e) {
      throw unreadable(e.getLocation(), "not valid JSON: " + Json.wordingOf(e));
    }
  }

  private static Located value(JsonParser parser) {
    TokenStreamLocation at = parser.currentTokenLocation();
    int line = at.getLineNr();
    int column = at.getColumnNr();
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Located.Field> fields = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        TokenStreamLocation name = parser.currentTokenLocation();
        String key = parser.currentName();
        parser.nextToken();
        fields.put(key, new Located.Field(name.getLineNr(), name.getColumnNr(), value(parser)));
      }
      return new Located.Mapping(line, column, fields);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Located> elements = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(value(parser));
      }
      return new Located.Sequence(line, column, elements);
    }
    return new Located.Scalar(line, column, parser.getString(), token != JsonToken.VALUE_STRING);
  }

  /** Exceeded limits come without a place. */
  private static UnreadableException unreadable(@Nullable TokenStreamLocation at, String message) {
    return new UnreadableException(
        at == null
            ? new Problem(0, "", null, null, message)
            : new Problem(
                0, "", Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()), message));
  }
}
