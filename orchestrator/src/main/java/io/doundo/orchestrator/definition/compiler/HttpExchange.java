package io.doundo.orchestrator.definition.compiler;

import io.doundo.expression.UrlTemplate;
import io.doundo.orchestrator.definition.HttpTemplate;
import io.doundo.orchestrator.definition.compiler.document.Listing;
import io.doundo.orchestrator.definition.compiler.document.Located.Mapping;
import io.doundo.orchestrator.definition.compiler.document.Located.Scalar;
import io.doundo.orchestrator.definition.compiler.document.LocatedJson;
import io.doundo.protocol.Names;
import io.doundo.protocol.http.HttpHeaders;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcome;
import io.doundo.protocol.http.HttpOutcomes;
import io.doundo.protocol.http.HttpRequest;
import io.doundo.protocol.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request as the document has it, and how its response is read.
 *
 * @param place among the fields of the step, such as {@code http.verify}
 * @param fields those of the request
 * @param json the same as JSON, with the place of each part
 * @param urlField the field that has the URL: {@code url}, or the name of the method
 * @param ok whether the response counts as a success; null for 2xx
 */
record HttpExchange(
    String place,
    Fields fields,
    LocatedJson json,
    @Nullable String connection,
    HttpMethod method,
    String urlField,
    String url,
    @Nullable String ok) {

  static final String CONNECTION = "connection";
  static final String URL = "url";
  static final String HEADERS = "headers";
  static final String BODY = "body";
  static final String RESULT = "result";
  static final String OK = "ok";
  static final String OUTCOMES = "outcomes";

  /** The longest condition, with some room for its braces. */
  static final int MAX_CONDITION = 4_100;

  private static final String METHOD = "method";
  private static final String OPEN = "{{";
  private static final Pattern EXPRESSION = Pattern.compile("\\{\\{.*?}}");
  private static final String AUTHORIZATION = "authorization";
  private static final int MAX_URL = 8_000;
  private static final int MAX_HEADERS = 64;
  private static final int MAX_WORD = 40;

  /** The fields that name the method and have the URL. */
  private static final List<String> METHODS =
      List.of("get", "put", "post", "patch", "delete", "head", "options");

  /** The fields of every request. */
  static final Set<String> FIELDS =
      Set.of(
          CONNECTION,
          METHOD,
          URL,
          HEADERS,
          BODY,
          OK,
          "get",
          "put",
          "post",
          "patch",
          "delete",
          "head",
          "options");

  /**
   * Reads a request and reports its problems.
   *
   * @param inherited the connection when the document names none here
   * @return null when method or URL are not known
   */
  static @Nullable HttpExchange read(Fields fields, String place, @Nullable String inherited) {
    List<String> said = METHODS.stream().filter(name -> fields.value(name) != null).toList();
    boolean isLong = fields.value(METHOD) != null || fields.value(URL) != null;
    if (said.size() > 1 || (said.size() == 1 && isLong)) {
      List<String> all = new ArrayList<>(said);
      List.of(METHOD, URL).stream().filter(name -> fields.value(name) != null).forEach(all::add);
      fields.problem(all.get(1), "a request has one method and one URL: " + Listing.quoted(all));
      return null;
    }
    if (said.size() == 1) {
      String url = fields.text(said.get(0), MAX_URL);
      HttpMethod method = HttpMethod.of(said.get(0));
      return url == null || method == null
          ? null
          : of(fields, place, inherited, method, said.get(0), url);
    }
    String word = fields.word(METHOD, METHODS);
    String url = fields.text(URL, MAX_URL);
    if (fields.value(METHOD) == null || fields.value(URL) == null) {
      fields.problem(
          fields.value(METHOD) == null ? METHOD : URL,
          "is missing: say what is requested, such as get: /leads, or method and url");
    }
    HttpMethod method = word == null ? null : HttpMethod.of(word);
    return url == null || method == null ? null : of(fields, place, inherited, method, URL, url);
  }

  /** A request whose method is known, with the URL in its own field. */
  static HttpExchange of(
      Fields fields,
      String place,
      @Nullable String inherited,
      HttpMethod method,
      String urlField,
      String url) {
    String named = fields.text(CONNECTION, StepDeclaration.MAX_TEXT);
    HttpExchange exchange =
        new HttpExchange(
            place,
            fields,
            LocatedJson.of(fields.mapping(), place),
            named == null ? inherited : named,
            method,
            urlField,
            url.strip(),
            fields.text(OK, MAX_CONDITION));
    exchange.check();
    return exchange;
  }

  private void check() {
    checkConnection();
    checkUrl();
    checkHeaders();
    if (body() != null && (method == HttpMethod.GET || method == HttpMethod.HEAD)) {
      fields.problem(BODY, "has no meaning for a " + method + ", which sends none");
    }
  }

  private void checkConnection() {
    String refusal = connection == null ? null : Names.refuse(connection);
    if (connection != null && refusal != null) {
      fields.problem(
          CONNECTION,
          connection.contains(OPEN)
              ? "must be the name of a connection; names hold no expressions"
              : '"' + connection + "\" " + refusal);
    }
  }

  private void checkUrl() {
    if (url.startsWith(OPEN) && url.endsWith("}}") && url.indexOf(OPEN, 2) < 0) {
      // One expression gives the whole URL, which is checked when it is known.
      return;
    }
    String refusal =
        new HttpRequest(connection, method, url, Map.of(), null, url.contains(OPEN)).refuse();
    if (refusal != null) {
      String reason = refusal.startsWith("url ") ? refusal.substring(4) : refusal;
      fields.problem(urlField, reason);
    } else if (connection != null && UrlTemplate.hasDots(pathOfDocument())) {
      fields.problem(urlField, "must not have \".\" or \"..\" between slashes");
    }
  }

  /** Without what expressions insert, which is checked when it is known. */
  private String pathOfDocument() {
    String fixed = EXPRESSION.matcher(url).replaceAll("x");
    int query = fixed.indexOf('?');
    return query < 0 ? fixed : fixed.substring(0, query);
  }

  private void checkHeaders() {
    Fields named = fields.object(HEADERS);
    if (named == null) {
      return;
    }
    if (named.mapping().fields().size() > MAX_HEADERS) {
      fields.problem(HEADERS, "must be at most " + MAX_HEADERS);
    }
    for (String name : named.mapping().fields().keySet()) {
      String refusal = HttpHeaders.refuse(name);
      if (refusal != null) {
        named.problem(name, refusal);
        continue;
      }
      if (!(named.value(name) instanceof Scalar scalar)) {
        named.problem(name, "must be text");
        continue;
      }
      String reason = scalar.text().contains(OPEN) ? null : HttpHeaders.refuseValue(scalar.text());
      if (reason != null) {
        named.problem(name, reason);
      }
      if (name.toLowerCase(Locale.ROOT).equals(AUTHORIZATION)) {
        named.warn(
            name,
            "whoever reads topics or definitions can read it: let the connection have the"
                + " credentials");
      }
    }
  }

  /** The meaning of single statuses; wrong ones are reported. */
  static HttpOutcomes outcomes(Fields fields) {
    Map<String, HttpOutcome> byStatus = new LinkedHashMap<>();
    Fields said = fields.object(OUTCOMES);
    if (said == null) {
      return HttpOutcomes.NONE;
    }
    for (String status : said.mapping().fields().keySet()) {
      String refusal = HttpOutcomes.refuse(status);
      String word = said.text(status, MAX_WORD);
      HttpOutcome outcome = word == null ? null : HttpOutcome.of(word);
      if (refusal != null) {
        said.problem(status, refusal);
      } else if (outcome != null) {
        byStatus.put(status, outcome);
      } else if (word != null || said.value(status) == null) {
        said.problem(status, "must be one of " + HttpOutcome.words());
      }
    }
    return new HttpOutcomes(byStatus);
  }

  /** The field of the request, as JSON; null when the document does not have it. */
  @Nullable JsonNode part(String name) {
    JsonNode value = json.tree().get(name);
    return value == null || value.isNull() ? null : value;
  }

  @Nullable JsonNode body() {
    return part(BODY);
  }

  /** The field as JSON text. */
  @Nullable String textOf(String name) {
    JsonNode value = part(name);
    return value == null ? null : Json.of(value).toString();
  }

  HttpTemplate template() {
    Map<String, String> named = new LinkedHashMap<>();
    if (fields.value(HEADERS) instanceof Mapping mapping) {
      mapping
          .fields()
          .forEach(
              (name, field) -> {
                if (field.value() instanceof Scalar scalar) {
                  named.put(name, scalar.text());
                }
              });
    }
    return new HttpTemplate(connection, method, url, named, textOf(BODY));
  }
}
