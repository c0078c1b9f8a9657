package io.doundo.expression;

import io.doundo.expression.Template.Fixed;
import io.doundo.expression.Template.Inserted;
import io.doundo.expression.Template.Mixed;
import io.doundo.expression.Template.Piece;
import io.doundo.expression.Template.Plain;
import io.doundo.expression.Template.Span;
import io.doundo.expression.Template.Whole;
import io.doundo.expression.value.Budget;
import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A URL, or the path and query of one, with expressions in it. Each value is percent-encoded as one
 * segment of the path or one value of the query, so that it cannot add a segment, a parameter or a
 * host. A value that would make a segment empty, {@code .} or {@code ..} is refused, because the
 * URL would then mean another resource; so is one that would do so at a service that decodes
 * slashes before it splits the path. A URL that is one expression as a whole is taken as it is, and
 * is refused if it has such dots. Immutable and thread-safe.
 */
public final class UrlTemplate {

  private static final String UNRESERVED = "-._~";
  private static final String HEX = "0123456789ABCDEF";

  private final String place;
  private final List<Span> spans;
  private final boolean isWhole;
  private final Reads reads;

  private UrlTemplate(String place, List<Span> spans, boolean isWhole, Reads reads) {
    this.place = place;
    this.spans = spans;
    this.isWhole = isWhole;
    this.reads = reads;
  }

  /** From the template of one text, which is one piece. */
  static UrlTemplate of(Template template) {
    Piece piece = template.pieces().get(0);
    if (piece instanceof Whole whole) {
      return new UrlTemplate(
          whole.place(), List.of(new Inserted(whole.source())), true, template.reads());
    }
    if (piece instanceof Mixed mixed) {
      return new UrlTemplate(mixed.place(), mixed.spans(), false, template.reads());
    }
    String text = Json.text(((Fixed) piece).json());
    return new UrlTemplate("", List.of(new Plain(text)), false, template.reads());
  }

  /** The values to be bound. */
  public Reads reads() {
    return reads;
  }

  /** Whether the URL contains no expression. */
  public boolean isConstant() {
    return spans.stream().allMatch(Plain.class::isInstance);
  }

  /**
   * The URL for one flow.
   *
   * @throws EvaluationException when an expression has no value, is no text, number or boolean, or
   *     would change the path
   */
  public String evaluate(Bindings bindings) throws EvaluationException {
    Budget budget = new Budget();
    StringBuilder url = new StringBuilder();
    Segment segment = new Segment();
    for (Span span : spans) {
      if (span instanceof Plain plain) {
        segment.fixed(plain.text());
        url.append(plain.text());
      } else if (span instanceof Inserted inserted) {
        String value = inserted.source().text(bindings, budget, place);
        String part = isWhole ? value : encoded(value);
        segment.value(part);
        url.append(part);
      }
    }
    segment.end();
    if (isWhole) {
      requireNoDots(url.toString());
    }
    return url.toString();
  }

  private void requireNoDots(String url) throws EvaluationException {
    int query = url.indexOf('?');
    String path = query < 0 ? url : url.substring(0, query);
    if (hasDots(path)) {
      throw new EvaluationException(place, "the path must not have the segment \".\" or \"..\"");
    }
  }

  /**
   * Whether a path, or a segment of one, has {@code .} or {@code ..} between slashes of either
   * kind, encoded or not.
   */
  public static boolean hasDots(String path) {
    String plain =
        path.toLowerCase(Locale.ROOT)
            .replace("%2e", ".")
            .replace("%2f", "/")
            .replace("%5c", "/")
            .replace('\\', '/');
    for (String part : plain.split("/", -1)) {
      if (part.equals(".") || part.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static String encoded(String value) {
    StringBuilder encoded = new StringBuilder(value.length() + 8);
    for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      if ((c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || (c >= '0' && c <= '9')
          || UNRESERVED.indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
      }
    }
    return encoded.toString();
  }

  /** The segment of the path that is being written, up to the query. */
  private final class Segment {

    private final StringBuilder text = new StringBuilder();
    private boolean hasValue;
    private boolean isPath = true;

    void fixed(String part) throws EvaluationException {
      for (int i = 0; i < part.length() && isPath; i++) {
        char c = part.charAt(i);
        if (c == '/' || c == '?' || c == '#') {
          end();
          text.setLength(0);
          hasValue = false;
          isPath = c == '/';
        } else {
          text.append(c);
        }
      }
    }

    void value(String part) {
      hasValue = true;
      text.append(part);
    }

    void end() throws EvaluationException {
      if (isPath && !isWhole && hasValue && (text.isEmpty() || hasDots(text.toString()))) {
        throw new EvaluationException(
            place,
            text.isEmpty()
                ? "a value makes a segment of the path empty"
                : "a value makes the segment \"" + text + "\" of the path");
      }
    }
  }
}
