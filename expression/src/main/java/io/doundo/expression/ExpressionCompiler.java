package io.doundo.expression;

import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import io.doundo.protocol.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Compiles the expressions of one place of a document and checks them: their grammar, their types,
 * the names they use. All problems are reported, each with its place; an expression with a problem
 * is not compiled. Not thread-safe.
 */
public final class ExpressionCompiler {

  /** The dialect that a compiled definition names, so that a later CEL changes nothing. */
  public static final int DIALECT = CelEnvironment.DIALECT;

  /** The most characters of an expression. */
  public static final int MAX_LENGTH = 4_000;

  private static final String OPEN = "{{";

  private static final int MAX_DEPTH = 100;

  private static final String TOO_DEEP =
      "the expression is nested more than " + MAX_DEPTH + " levels deep";

  private static final Pattern UNDECLARED =
      Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);

  private final VisibleNames names;
  private final Suggester suggester;
  private final ProblemSink problems;
  private final boolean isChecked;

  public ExpressionCompiler(VisibleNames names, Suggester suggester, ProblemSink problems) {
    this.names = names;
    this.suggester = suggester;
    this.problems = problems;
    this.isChecked = true;
  }

  private ExpressionCompiler(ProblemSink problems) {
    this.names = VisibleNames.of();
    this.suggester = (name, candidates) -> "";
    this.problems = problems;
    this.isChecked = false;
  }

  /**
   * Compiles the expressions of a stored definition, which were checked before it was stored: their
   * names are not checked again.
   */
  public static ExpressionCompiler ofStored() {
    return new ExpressionCompiler(
        (place, problem) -> {
          throw new IllegalStateException(
              "an expression of a stored definition: " + place + ": " + problem);
        });
  }

  /**
   * Compiles a field that is always a condition, such as {@code when}.
   *
   * @param source with or without braces
   */
  public Optional<Condition> condition(String place, String source) {
    String inner = withoutBraces(source);
    return compile(place, inner, true).map(compiled -> new Condition(place, compiled));
  }

  /** Compiles a value whose texts may contain expressions. */
  public Optional<Template> template(String place, JsonNode value) {
    Pieces pieces = new Pieces();
    return pieces.add(place, value) ? Optional.of(pieces.template()) : Optional.empty();
  }

  /** Compiles a URL, or the path and query of one, whose parts may be expressions. */
  public Optional<UrlTemplate> url(String place, String url) {
    return template(place, Json.MAPPER.getNodeFactory().stringNode(url)).map(UrlTemplate::of);
  }

  /** Whether a value contains an expression anywhere. */
  public static boolean isTemplate(JsonNode value) {
    if (value.isString()) {
      return value.stringValue().contains(OPEN);
    }
    for (JsonNode child : value) {
      if (isTemplate(child)) {
        return true;
      }
    }
    return false;
  }

  private static String withoutBraces(String source) {
    String trimmed = source.strip();
    if (trimmed.startsWith(OPEN)) {
      int end = Braces.endOf(trimmed, OPEN.length());
      if (end >= 0 && end + 2 == trimmed.length()) {
        return trimmed.substring(OPEN.length(), end).strip();
      }
    }
    return trimmed;
  }

  private Optional<Source> compile(String place, String source, boolean isCondition) {
    if (source.isBlank()) {
      problems.add(place, "the expression is empty");
      return Optional.empty();
    }
    List<String> found = new ArrayList<>();
    Checker checker = new Checker(names, suggester, isChecked ? found::add : problem -> {});
    Optional<List<String>> path = Path.parse(source);
    Source compiled = null;
    if (path.isPresent()) {
      checker.checkPath(path.get());
      compiled = Path.of(path.get(), checker.reads());
    } else {
      compiled = program(source, isCondition, checker, found);
    }
    String shown = Program.shown(source);
    found.stream()
        .distinct()
        .forEach(problem -> problems.add(place, "{{ " + shown + " }}: " + problem));
    return found.isEmpty() ? Optional.ofNullable(compiled) : Optional.empty();
  }

  private static @Nullable Source program(
      String source, boolean isCondition, Checker checker, List<String> found) {
    try {
      CelValidationResult parsed = CelEnvironment.parse(source);
      if (parsed.hasError()) {
        parsed.getErrors().forEach(issue -> found.add(wording(issue)));
        return null;
      }
      if (isDeeperThan(MAX_DEPTH, parsed.getAst().getExpr())) {
        found.add(TOO_DEEP);
        return null;
      }
      CelValidationResult checked = CelEnvironment.check(parsed.getAst());
      if (checked.hasError()) {
        checked.getErrors().forEach(issue -> found.add(wording(issue)));
        return null;
      }
      checker.check(checked.getAst().getExpr());
      CelKind kind = checked.getAst().getResultType().kind();
      if (isCondition && kind != CelKind.BOOL && kind != CelKind.DYN) {
        found.add("a condition must be true or false, but this is of type " + kindName(kind));
      }
      return found.isEmpty()
          ? Program.of(source, checked.getAst().getExpr(), checker.reads())
          : null;
    } catch (CelValidationException | UnsupportedExpressionException e) {
      found.add(String.valueOf(e.getMessage()));
    } catch (StackOverflowError e) {
      // Only the parser can fail here, on an expression that the next line would refuse.
      found.add(TOO_DEEP);
    }
    return null;
  }

  /** Whether an expression is nested deeper than this; looks no deeper. */
  private static boolean isDeeperThan(int depth, CelExpr expression) {
    if (depth == 0) {
      return true;
    }
    return switch (expression.exprKind().getKind()) {
      case SELECT -> isDeeperThan(depth - 1, expression.select().operand());
      case CALL ->
          expression.call().target().filter(target -> isDeeperThan(depth - 1, target)).isPresent()
              || isAnyDeeperThan(depth - 1, expression.call().args());
      case LIST -> isAnyDeeperThan(depth - 1, expression.list().elements());
      case MAP ->
          expression.map().entries().stream()
              .anyMatch(
                  entry ->
                      isDeeperThan(depth - 1, entry.key())
                          || isDeeperThan(depth - 1, entry.value()));
      case COMPREHENSION -> {
        CelExpr.CelComprehension loop = expression.comprehension();
        yield isAnyDeeperThan(
            depth - 1, List.of(loop.iterRange(), loop.accuInit(), loop.loopStep(), loop.result()));
      }
      default -> false;
    };
  }

  private static boolean isAnyDeeperThan(int depth, List<CelExpr> expressions) {
    return expressions.stream().anyMatch(expression -> isDeeperThan(depth, expression));
  }

  private static String wording(CelIssue issue) {
    String message = issue.getMessage();
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.matches()) {
      return "\""
          + undeclared.group(1)
          + "\" is not known: it is neither a variable nor a function";
    }
    return message + " (column " + (issue.getSourceLocation().getColumn() + 1) + ")";
  }

  private static String kindName(CelKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  /** Splits a template into fixed and computed parts. */
  private final class Pieces {

    private final List<Template.Piece> pieces = new ArrayList<>();
    private final ByteArrayOutputStream fixed = new ByteArrayOutputStream();
    private Reads reads = Reads.NONE;

    Template template() {
      endFixed();
      return new Template(pieces, reads);
    }

    /** Returns false when a problem was reported. */
    boolean add(String place, JsonNode value) {
      if (value.isObject()) {
        return object(place, value);
      }
      if (value.isArray()) {
        return array(place, value);
      }
      if (value.isString() && value.stringValue().contains(OPEN)) {
        return text(place, value.stringValue());
      }
      fixed.writeBytes(Json.of(value).bytes());
      return true;
    }

    private boolean object(String place, JsonNode value) {
      boolean isRight = true;
      boolean first = true;
      fixed.write('{');
      for (var field : value.properties()) {
        String name = field.getKey();
        String inner = place.isEmpty() ? name : place + "." + name;
        if (name.contains(OPEN)) {
          problems.add(
              inner,
              "the name of a field cannot hold an expression; build the map in one expression");
          isRight = false;
          continue;
        }
        if (!first) {
          fixed.write(',');
        }
        first = false;
        fixed.writeBytes(Json.string(name).bytes());
        fixed.write(':');
        isRight &= add(inner, field.getValue());
      }
      fixed.write('}');
      return isRight;
    }

    private boolean array(String place, JsonNode value) {
      boolean isRight = true;
      fixed.write('[');
      for (int i = 0; i < value.size(); i++) {
        if (i > 0) {
          fixed.write(',');
        }
        isRight &= add(place + "[" + i + "]", value.get(i));
      }
      fixed.write(']');
      return isRight;
    }

    private boolean text(String place, String text) {
      List<Template.Span> spans = new ArrayList<>();
      boolean isRight = true;
      int at = 0;
      while (true) {
        int open = text.indexOf(OPEN, at);
        if (open < 0) {
          break;
        }
        int end = Braces.endOf(text, open + OPEN.length());
        if (end < 0) {
          problems.add(place, "\"{{\" is not closed by \"}}\"");
          return false;
        }
        if (open > at) {
          spans.add(new Template.Plain(text.substring(at, open)));
        }
        Optional<Source> source =
            compile(place, text.substring(open + OPEN.length(), end).strip(), false);
        if (source.isPresent()) {
          reads = reads.and(source.get().reads());
          spans.add(new Template.Inserted(source.get()));
        }
        isRight &= source.isPresent();
        at = end + 2;
      }
      if (at < text.length()) {
        spans.add(new Template.Plain(text.substring(at)));
      }
      if (!isRight) {
        return false;
      }
      endFixed();
      if (spans.size() == 1 && spans.get(0) instanceof Template.Inserted alone) {
        pieces.add(new Template.Whole(place, alone.source()));
      } else {
        pieces.add(new Template.Mixed(place, List.copyOf(spans)));
      }
      return true;
    }

    private void endFixed() {
      if (fixed.size() > 0) {
        pieces.add(new Template.Fixed(fixed.toByteArray()));
        fixed.reset();
      }
    }
  }
}
