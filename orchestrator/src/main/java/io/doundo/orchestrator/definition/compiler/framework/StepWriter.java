package io.doundo.orchestrator.definition.compiler.framework;

import io.doundo.orchestrator.definition.compiler.document.Located;
import io.doundo.orchestrator.definition.compiler.document.Located.Field;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.Located.Sequence;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the kind of one step of ours from the configuration of one of theirs. */
final class StepWriter {

  private static final Set<String> REQUEST =
      Set.of(
          "method",
          "url",
          "headers",
          "body",
          "query",
          "timeout",
          "expectedStatusCode",
          "extractResponse",
          "undo",
          "idempotent",
          "verify",
          "connection",
          "breaker");

  private static final Set<String> WEBHOOK =
      Set.of(
          "url",
          "headers",
          "bodyVariable",
          "method",
          "timeout",
          "undo",
          "connection",
          "idempotent",
          "breaker");

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

  /** They change nothing, so there is nothing to undo. */
  private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

  private static final Pattern JSON_PATH = Pattern.compile("\\$?\\.?((?:[\\w-]+|\\[\\d+]|\\.)*+)");

  private enum Extraction {
    JSON_PATH,
    REGEX,
    XPATH
  }

  private enum Unit {
    MILLISECONDS("ms"),
    SECONDS("s"),
    MINUTES("m"),
    HOURS("h");

    private final String suffix;

    Unit(String suffix) {
      this.suffix = suffix;
    }
  }

  private final Node step;
  private final Node config;
  private final String name;
  private final Variables variables;
  private final Tree tree;

  /**
   * @param tree of the step, which has its name
   */
  StepWriter(Node step, String name, Variables variables, Tree tree) {
    this.step = step;
    this.config = step.object("config");
    this.name = name;
    this.variables = variables;
    this.tree = tree;
  }

  /** Writes a step without others in it. */
  void write(StepType type) {
    switch (type) {
      case HTTP_REQUEST -> request();
      case WEBHOOK_CALL -> webhook();
      case FUNCTION_CALL -> function();
      case DATA_TRANSFORM -> transform();
      case WAIT -> pause();
      case VALIDATION -> new ValidationWriter(config, variables).write(tree, step.mapping());
      case ERROR_HANDLER -> handle();
      case CONDITIONAL, PARALLEL, FOR_EACH ->
          throw new IllegalArgumentException(type + " has steps of its own");
    }
  }

  private void request() {
    config.warnOfOthers(REQUEST);
    String method = method(config.required("method"));
    Tree http = new Tree(config.mapping());
    Located url = url();
    if (method == null || url == null) {
      return;
    }
    http.text("method", at("method"), method.toLowerCase(Locale.ROOT))
        .put("url", url)
        .put("headers", template("headers"))
        .put("body", template("body"))
        .put("ok", expected())
        .put("result", extracted())
        .put("connection", config.value("connection"))
        .put("idempotent", config.value("idempotent"))
        .put("verify", config.value("verify"));
    tree.put("http", http.build()).put("breaker", config.value("breaker"));
    timeout(config, "timeout");
    undo(!READS.contains(method));
  }

  private @Nullable String method(@Nullable String given) {
    if (given != null && !METHODS.contains(given.toUpperCase(Locale.ROOT))) {
      config.problem(
          "method",
          "must be one of %s but is \"%s\"".formatted(METHODS.stream().sorted().toList(), given));
      return null;
    }
    return given == null ? null : given.toUpperCase(Locale.ROOT);
  }

  /** The address with what {@code query} adds to it. */
  private @Nullable Located url() {
    Scalar url = config.required("url") == null ? null : config.scalar("url");
    if (url == null) {
      return null;
    }
    StringBuilder text = new StringBuilder(variables.text(url, config.path("url"), config.notes()));
    char next = url.text().contains("?") ? '&' : '?';
    Node query = config.object("query");
    for (Map.Entry<String, Field> field : query.mapping().fields().entrySet()) {
      Scalar value = query.scalar(field.getKey());
      if (value != null) {
        text.append(next)
            .append(encoded(field.getKey()))
            .append('=')
            .append(
                variables.text(
                    value, query.path(field.getKey()), config.notes(), StepWriter::encoded));
        next = '&';
      }
    }
    return Tree.text(url, text.toString());
  }

  /** As a name or a value of a query. Expressions are encoded when they are evaluated. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private @Nullable Located template(String field) {
    Located value = config.value(field);
    return value == null ? null : variables.template(value, config.path(field), config.notes());
  }

  /** Without it, as there, everything below 300 is a success. */
  private @Nullable Located expected() {
    Located value = config.value("expectedStatusCode");
    if (value == null) {
      return null;
    }
    List<Located> codes = value instanceof Sequence list ? list.elements() : List.of(value);
    List<String> numbers = new ArrayList<>();
    for (Located code : codes) {
      if (!(code instanceof Scalar scalar) || !scalar.text().matches("[1-5]\\d\\d")) {
        config.problem("expectedStatusCode", "must be a status code or a list of them");
        return null;
      }
      numbers.add(scalar.text());
    }
    return Tree.text(value, "response.status in [" + String.join(", ", numbers) + ']');
  }

  private @Nullable Located extracted() {
    if (!config.has("extractResponse")) {
      return null;
    }
    Node extract = config.object("extractResponse");
    Extraction type = extract.word("type", Extraction.class);
    String variable = extract.required("variableName");
    Scalar path = extract.required("path") == null ? null : extract.scalar("path");
    if (type == null || variable == null || path == null) {
      return null;
    }
    String expression =
        switch (type) {
          case JSON_PATH -> found(extract, path.text());
          case REGEX -> cut(path.text());
          case XPATH -> {
            extract.problem(
                "type",
                "must be JSON_PATH or REGEX: XPATH is not supported; take the whole response and cut"
                    + " it in the step that reads it");
            yield null;
          }
        };
    return expression == null
        ? null
        : new Tree(extract.mapping()).text(variable, path, "{{ " + expression + " }}").build();
  }

  /** What a path finds in the response; null when it is no path, which is noted. */
  private static @Nullable String found(Node extract, String path) {
    Matcher matcher = JSON_PATH.matcher(path);
    String below = matcher.matches() ? matcher.group(1) : null;
    Variables ofAnswer = new Variables(Map.of(), Set.of("response"));
    String expression =
        below == null
            ? null
            : ofAnswer.strict(
                below.isEmpty()
                    ? "response.body"
                    : "response.body" + (below.startsWith("[") ? "" : ".") + below);
    if (expression == null) {
      extract.problem(
          "path", "must be a plain path such as $.data.items[0].id, but is \"" + path + '"');
    }
    return expression;
  }

  /** What a regular expression finds first in the text of the response. */
  private static String cut(String regex) {
    return "regex.extract(response.body == null ? \"\" : type(response.body) == string ?"
        + " response.body : json(response.body), %s).value()".formatted(Conditions.quoted(regex));
  }

  /** With a connection it is signed; without one there is no secret to sign it with. */
  private void webhook() {
    config.warnOfOthers(WEBHOOK);
    Located url = url();
    String method = method(config.has("method") ? config.text("method") : "POST");
    if (url == null || method == null) {
      return;
    }
    Scalar variable = config.scalar("bodyVariable");
    String body = variable == null ? "input" : variables.strict(variable.text());
    if (body == null) {
      config.problem("bodyVariable", "must be the name of a variable or a path");
      return;
    }
    Tree hook =
        new Tree(config.mapping())
            .put("headers", template("headers"))
            .text("body", variable == null ? config.mapping() : variable, "{{ " + body + " }}");
    if (config.has("connection")) {
      hook.put("connection", config.value("connection")).put("url", url);
      tree.put("webhook", hook.build());
    } else {
      hook.text("method", at("method"), method.toLowerCase(Locale.ROOT))
          .put("url", url)
          .put("idempotent", config.value("idempotent"));
      tree.put("http", hook.build());
      config.warn(
          "url",
          "%s sends its request unsigned: only the connection of a webhook has a secret"
              .formatted(name));
    }
    tree.put("breaker", config.value("breaker"));
    timeout(config, "timeout");
    undo(false);
  }

  private void function() {
    Scalar function =
        config.required("functionName") == null ? null : config.scalar("functionName");
    if (function == null) {
      return;
    }
    tree.put("objectType", Tree.text(function, function.text()));
    tree.put("input", template("parameters")).put("breaker", config.value("breaker"));
    timeout(config, "timeout");
    undo(true);
  }

  private void transform() {
    String input = config.required("inputVariable");
    String output = config.required("outputVariable");
    String value = input == null ? null : variables.strict(input);
    if (input != null && value == null) {
      config.problem("inputVariable", "must be the name of a variable or a path");
    }
    String expression =
        value == null
            ? null
            : Transformations.of(value, config.nodes("transformations"), variables);
    if (expression != null && output != null) {
      tree.put(
          "set",
          new Tree(config.mapping())
              .text(output, at("transformations"), "{{ " + expression + " }}")
              .build());
    }
  }

  private void pause() {
    Unit unit = config.word("unit", Unit.class);
    Scalar duration = config.required("duration") == null ? null : config.scalar("duration");
    if (unit != null && duration != null) {
      String text = variables.text(duration, config.path("duration"), config.notes());
      tree.put("wait", Tree.text(duration, text + unit.suffix));
    }
  }

  /** What it does when it is called: a request, a function, or nothing but a note of the error. */
  private void handle() {
    if (config.has("url")) {
      request();
    } else if (config.has("functionName")) {
      function();
    } else {
      Map<String, Field> fields = config.mapping().fields();
      Tree noted = new Tree(step.mapping());
      fields.forEach(
          (field, value) ->
              noted.put(
                  field, variables.template(value.value(), config.path(field), config.notes())));
      tree.put(
          "set",
          fields.isEmpty()
              ? noted.put("handled", Tree.plain(step.mapping(), "true")).build()
              : noted.build());
    }
  }

  /** The place of a field, or of what should have it. */
  private Located at(String field) {
    Located value = config.value(field);
    return value == null ? config.mapping() : value;
  }

  /** A timeout of the configuration, unless the step has one itself. */
  private void timeout(Node of, String field) {
    if (!step.has("timeout") && of.has(field)) {
      Long ms = of.number(field);
      Scalar at = of.scalar(field);
      if (ms != null && at != null) {
        tree.put("timeout", Tree.text(at, ms + "ms"));
      }
    }
  }

  /**
   * The framework undoes nothing. Ours may be added to the configuration.
   *
   * @param changes whether the step may leave something behind
   */
  private void undo(boolean changes) {
    Located undo = config.value("undo");
    if (undo instanceof Mapping) {
      tree.put("undo", undo);
      return;
    }
    boolean isCommand = undo instanceof Scalar scalar && scalar.text().equals("command");
    if (isCommand) {
      return;
    }
    tree.put("undo", Tree.text(undo == null ? step.mapping() : undo, "none"));
    if (changes && undo == null) {
      step.warn(
          "config",
          "%s is not undone when the flow turns back: add config.undo, or say undo: none there"
              .formatted(name));
    }
  }
}
