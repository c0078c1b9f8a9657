package io.doundo.protocol.json;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.JsonNodeException;

/** Texts of JSON trees. Jackson takes JSON's null for a text, and gives Java's. Stateless. */
public final class JsonText {

  private JsonText() {}

  /**
   * The text of a field.
   *
   * @throws JsonNodeException when it is missing, null or anything but a text
   */
  public static String required(JsonNode object, String name) {
    return of(object.required(name), name);
  }

  /**
   * A text.
   *
   * @param name of what it is, for the message
   * @throws JsonNodeException when it is null or anything but a text
   */
  public static String of(JsonNode value, String name) {
    String text = value.stringValue();
    if (text == null) {
      throw JsonNodeException.from(value, name + " must be a text, but is null");
    }
    return text;
  }
}
