package io.doundo.orchestrator.definition.compiler.document;

import io.doundo.protocol.json.Printable;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the orchestration's name in a document that cannot be parsed, so that its sender finds the
 * refusal. A guess, good enough for that and for nothing else.
 */
public final class NameSearch {

  private static final Pattern NAME =
      Pattern.compile("\\borchestrationName[\"']? ?: ?[\"']?([A-Za-z][A-Za-z0-9_.-]{0,62})");

  /** Names stand at the beginning. */
  private static final int MOST_SEARCHED = 20_000;

  private NameSearch() {}

  public static @Nullable String orchestrationName(byte @Nullable [] document) {
    if (document == null) {
      return null;
    }
    int length = Math.min(document.length, MOST_SEARCHED);
    Matcher found = NAME.matcher(new String(document, 0, length, StandardCharsets.UTF_8));
    return found.find() ? Printable.line(found.group(1)) : null;
  }
}
