package io.doundo.protocol;

import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.Utf8;
import org.jspecify.annotations.Nullable;

/** Where a record says which flow it is about: in its body, else in a header, else in its key. */
final class FlowIds {

  private FlowIds() {}

  static @Nullable String find(@Nullable String body, HeaderLookup headers, byte @Nullable [] key)
      throws MalformedRecordException {
    if (body != null && !body.isBlank()) {
      return Names.requireFlowId(body);
    }
    String header = headers.text("flowId");
    if (header != null) {
      return Names.requireFlowId(header);
    }
    if (key == null || key.length == 0) {
      return null;
    }
    String text = Utf8.decode(key);
    if (text == null) {
      throw new MalformedRecordException("the record key is not valid UTF-8 text");
    }
    return Names.requireFlowId(text);
  }

  static String required(@Nullable String body, HeaderLookup headers, byte @Nullable [] key)
      throws MalformedRecordException {
    String flowId = find(body, headers, key);
    if (flowId == null) {
      throw new MalformedRecordException(
          "the record names no flow: neither its body nor a record header \"flowId\" nor its key");
    }
    return flowId;
  }
}
