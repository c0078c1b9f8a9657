package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.state.Content;
import java.util.List;

/** Placeholders for values that are not known yet. They have no bytes. */
final class UnknownValue {

  private static final String MARK = "unknown: ";

  private UnknownValue() {}

  /** A placeholder for the value with this name. */
  static Content of(String name) {
    return new Content(MARK + name, 0, true);
  }

  static boolean is(Content content) {
    return content.digest().startsWith(MARK);
  }

  static String name(Content content) {
    return content.digest().substring(MARK.length());
  }

  /** The names of the unknown ones among these. */
  static List<String> names(List<Content> contents) {
    return contents.stream().filter(UnknownValue::is).map(UnknownValue::name).distinct().toList();
  }
}
