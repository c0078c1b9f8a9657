package io.doundo.orchestrator.definition.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The schema and the compiler agree on the form of every field. */
class RegistrationSchemaTest {

  private static final RegistrationSchema SCHEMA = RegistrationSchema.load();

  /** Allowed and forbidden values of a field, in YAML. */
  private record Values(String field, List<String> good, List<String> bad) {}

  private static final List<String> GOOD_FLAGS =
      List.of("true", "false", "'true'", "yes", "off", "Yes", "OFF");
  private static final List<String> BAD_FLAGS = List.of("maybe", "1", "[true]", "{}");
  private static final List<String> GOOD_DURATIONS =
      List.of("30s", "30S", "500", "'500'", "1h30m", "PT30S", "pt0.5s", "2 d", "P1DT2H");
  private static final List<String> BAD_DURATIONS =
      List.of("soon", "-1", "1.5s", "10 weeks", "[1]", "true", "''");
  private static final List<String> GOOD_TEXTS = List.of("x", "'1'", "5");
  private static final List<String> BAD_TEXTS = List.of("[x]", "{a: b}", "''", "'  '");

  private static final List<Values> REGISTRATION =
      List.of(
          new Values(
              "orchestrationName",
              List.of("order", "a-b_C9"),
              List.of("a.b", "9a", "a b", "''", "[a]", "12", "x".repeat(64))),
          new Values("as", List.of("initiator", "worker", "WORKER"), List.of("boss", "1", "[x]")),
          new Values(
              "type",
              List.of("sequential", "parallel", "graph", "simultaneous", "saga", "PARALLEL"),
              List.of("sequental", "1", "[graph]")),
          new Values("sharedTopic", GOOD_FLAGS, BAD_FLAGS),
          new Values("timeout", GOOD_DURATIONS, with(BAD_DURATIONS, "0", "0s")),
          new Values("undoWindow", with(GOOD_DURATIONS, "0"), BAD_DURATIONS),
          new Values("searchKey", GOOD_TEXTS, BAD_TEXTS),
          new Values("description", GOOD_TEXTS, BAD_TEXTS),
          new Values("serviceName", GOOD_TEXTS, BAD_TEXTS),
          new Values(
              "steps",
              List.of("[{name: a}]", "[{name: a}, {name: b}]"),
              List.of("[]", "{name: a}", "a", "[a]", "[{}]", "[[]]")));

  private static final List<Values> RECEIVER =
      List.of(
          new Values("name", List.of("ops", "a-b_C9"), List.of("a.b", "9a", "''", "[a]", "1")),
          new Values(
              "on",
              List.of("PARKED", "[PARKED]", "[parked, Undone, incident]"),
              List.of("[]", "[STARTED]", "{}", "[[PARKED]]", "''")),
          new Values(
              "connection", List.of("ops"), List.of("a.b", "''", "[ops]", "'{{ event.id }}'")),
          new Values(
              "url",
              List.of("/", "'/hooks/flows?a=b'"),
              List.of("hooks", "//host/x", "'/a b'", "'/ä'", "'/a\\b'", "[x]")),
          new Values("when", List.of("event.step == 'pay'", "'true'"), List.of("[x]", "{}")),
          new Values(
              "body", List.of("{a: '{{ event.flowId }}'}", "'{{ event }}'", "1"), List.of()));

  private static final List<Values> FIGURES =
      List.of(
          new Values(
              "faults", List.of("1", "'7'", "1000", "null"), List.of("0", "1001", "1.5", "x")),
          new Values(
              "window", List.of("60s", "1h", "1000", "null"), List.of("0", "soon", "-1", "[1]")),
          new Values("openFor", List.of("30s", "PT10M"), List.of("0s", "late", "{}")),
          new Values("firstWave", List.of("1", "1000"), List.of("0", "1001", "[1]", "many")),
          new Values("fault", List.of(), List.of("1")));

  private static final List<String> GOOD_BREAKERS =
      List.of("{}", "{bank: {}}", "{bank: null}", "null");
  private static final List<String> BAD_BREAKERS =
      List.of("[]", "bank", "{bank: 5}", "{bank: []}", "{a.b: {}}", "{'': {}}");

  private static final List<Values> STEP =
      List.of(
          new Values("name", List.of("a", "a-b_C9"), List.of("a.b", "9a", "''", "[a]", "1")),
          new Values(
              "seq", List.of("0", "7", "'7'", "010"), List.of("-1", "1.5", "x", "[1]", "1000001")),
          new Values("timeout", GOOD_DURATIONS, with(BAD_DURATIONS, "0", "0ms")),
          new Values(
              "onTimeout", List.of("retry", "undo", "escalate", "UNDO"), List.of("wait", "1")),
          new Values(
              "wait",
              List.of("10m", "0", "1500d", "158112000000", "'{{ payload.pause }}'"),
              List.of("soon", "-1", "158112000001", "[1]", "true")),
          new Values("failStep", List.of("final", "retry", "RETRY"), List.of("undo", "true")),
          new Values(
              "maxRetries", List.of("0", "3", "'3'"), List.of("-1", "x", "2.5", "100001", "[]")),
          new Values("retry", List.of("{}", "{delay: 1s}"), List.of("3", "[]", "exponential")),
          new Values("undoRetry", List.of("{}", "{delay: 1s}"), List.of("3", "[]", "none")),
          new Values("undo", List.of("none", "NONE"), List.of("all", "true", "[none]")),
          new Values("when", List.of("'true'", "payload.a == 1"), List.of("[x]", "{}")),
          new Values("set", List.of("{a: 1}", "{}"), List.of("1", "[a]")),
          new Values(
              "validate",
              List.of("[{that: 'true'}]", "[{schema: {}, of: 1, message: x}]"),
              List.of("[]", "{}", "[{}]", "[{that: 'true', schema: {}, of: 1}]", "[{tat: 'x'}]")),
          new Values(
              "choice",
              List.of("[{when: 'true', do: []}]", "[{when: 'true', do: [{name: b}]}, {else: []}]"),
              List.of(
                  "[]",
                  "{}",
                  "[{do: []}]",
                  "[{when: 'true', do: {}}]",
                  "[{else: [{}]}]",
                  "[{when: 'true', od: []}]")),
          new Values(
              "parallel",
              List.of("[{name: b}]", "[[{name: b}, {name: c}], {name: d}]"),
              List.of("[]", "{}", "[[]]", "[b]", "[[b]]")),
          new Values("do", List.of("[{name: b}]"), List.of("[]", "{}", "b", "[b]")),
          new Values("flow", List.of("other", "a-b_C9"), List.of("a.b", "[x]", "''", "1")),
          new Values(
              "forEach",
              List.of(
                  "payload.items, do: [{name: b}]",
                  "payload.items, as: line, atOnce: 1000, tolerate: 10%, strict: true, do: [{name:"
                      + " b}]",
                  "payload.items, tolerate: 3, do: [{name: b}]"),
              List.of(
                  "[x], do: [{name: b}]",
                  "payload.items, atOnce: 1001, do: [{name: b}]",
                  "payload.items, tolerate: 101%, do: [{name: b}]",
                  "payload.items, tolerate: -1, do: [{name: b}]",
                  "payload.items, as: a-b, do: [{name: b}]",
                  "payload.items, strict: maybe, do: [{name: b}]")),
          new Values(
              "firstOf",
              List.of("{x: [{name: b}], y: [{name: c}]}"),
              List.of("{}", "{x: [{name: b}]}", "{x: [], y: [{name: c}]}", "[{name: b}]")),
          new Values(
              "repeat",
              List.of(
                  "{every: 5m, state: {n: 0}, next: {n: 1}, until: 'round >= 2', most: 3}, do:"
                      + " [{name: b}]",
                  "{every: 1h, version: newest}, do: [{name: b, undo: none}]"),
              List.of(
                  "{most: 0, until: 'true'}, do: [{name: b}]",
                  "{most: 100001, until: 'true'}, do: [{name: b}]",
                  "{every: soon, most: 2, until: 'true'}, do: [{name: b}]",
                  "{version: oldest, most: 2, until: 'true'}, do: [{name: b}]",
                  "{evry: 5m, most: 2, until: 'true'}, do: [{name: b}]")),
          new Values(
              "http",
              List.of(
                  "{get: 'https://a.b/x'}",
                  "{connection: c, get: /x, headers: {X-A: 1, b: 'c'}, ok: 'true', result: 1}",
                  "{connection: c, method: POST, url: '/x/{{ payload.a }}', body: [1]}, undo: none",
                  "{connection: c, get: /x, outcomes: {412: unchanged, 5xx: noEffect}}",
                  "{connection: c, put: /x, idempotent: yes}, undo: {http: {delete: /x}}",
                  "{connection: c, put: /x}, undo: {http: {post: /x, idempotent: on}}",
                  "{connection: c, post: /x, verify: {get: /y, done: 'true', settle: 5s}}, undo:"
                      + " none",
                  "{get: '{{ payload.callback }}'}"),
              List.of(
                  "{}",
                  "[]",
                  "/x",
                  "{connection: c}",
                  "{connection: c, get: /x, post: /x}, undo: none",
                  "{connection: c, get: x}",
                  "{connection: c.d, get: /x}",
                  "{connection: c, method: brew, url: /x}",
                  "{connection: c, get: /x, headers: {'a b': c}}",
                  "{connection: c, get: /x, headers: {a: [c]}}",
                  "{connection: c, get: /x, outcomes: {9: ok}}",
                  "{connection: c, get: /x, outcomes: {200: fine}}",
                  "{connection: c, get: /x, idempotent: maybe}",
                  "{connection: c, get: /x, verify: {get: /y}}",
                  "{connection: c, get: /x, verify: {post: /y, done: 'true'}}",
                  "{connection: c, get: /x, verify: {get: /y, done: 'true', settle: soon}}",
                  "{connection: c, get: /x, nope: 1}",
                  "{connection: c, post: /x}, undo: {http: {}}",
                  "{connection: c, post: /x}, undo: {http: {post: /x, idempotent: maybe}}",
                  "{connection: c, post: /x}, undo: {http: {delete: /x, result: 1}}")),
          new Values(
              "webhook",
              List.of("{connection: c, body: 1}", "{connection: c, url: /x, body: {}, ok: 'true'}"),
              List.of(
                  "{}", "{connection: c}", "{body: 1}", "{connection: c, body: 1, post: /x}", "x")),
          new Values(
              "breaker",
              List.of("bank, when: 'true'", "a-b_C9, when: 'true'"),
              List.of("a b, when: 'true'", "9a, when: 'true'", "[x], when: 'true'")),
          new Values("undoFailed", GOOD_FLAGS, BAD_FLAGS),
          new Values("pivot", GOOD_FLAGS, BAD_FLAGS),
          new Values("dispatch", List.of("committed"), List.of("now", "true")),
          new Values("sharedTopic", GOOD_FLAGS, BAD_FLAGS),
          new Values("objectType", GOOD_TEXTS, BAD_TEXTS),
          new Values("doMethod", GOOD_TEXTS, BAD_TEXTS),
          new Values("undoMethod", GOOD_TEXTS, BAD_TEXTS),
          new Values("handlerClass", GOOD_TEXTS, BAD_TEXTS),
          new Values("handlerMethod", GOOD_TEXTS, BAD_TEXTS),
          new Values("undoHandlerMethod", GOOD_TEXTS, BAD_TEXTS));

  private static final Set<String> BLOCKS = Set.of("parallel", "atOnce");

  private static final List<Values> RETRY =
      List.of(
          new Values(
              "maxAttempts", List.of("1", "'3'", "100000"), List.of("0", "x", "1.5", "100001")),
          new Values(
              "strategy",
              List.of("fixed", "linear", "exponential", "none", "FIXED"),
              List.of("cubic", "1")),
          new Values("delay", with(GOOD_DURATIONS, "0"), BAD_DURATIONS),
          new Values(
              "factor",
              List.of("1", "2", "1.5", "'3'", "100", "'100.0'", "99.9"),
              List.of("0", "0.9", "100.1", "-2", "x", "[2]")),
          new Values("maxDelay", List.of("30s", "1000000", "PT1M"), BAD_DURATIONS),
          new Values(
              "jitter",
              List.of("0", "0.2", "1", "'0.5'", "1e-1", "'1e-1'", "1.0"),
              List.of("-1", "1.1", "x", "[0]")),
          new Values("retryOn", List.of("x", "[x, 'y']", "[]"), List.of("{}", "[[]]", "''")),
          new Values("abortOn", List.of("x", "[x, 'y']", "[]"), List.of("{}", "[[]]", "''")));

  private static final List<Values> SCHEDULE =
      List.of(
          new Values(
              "cron",
              List.of("0 2 * * MON-FRI", "'*/5 * * * *'", "0 0 29 2 *"),
              List.of("0 2 * *", "0 2 * * * *", "daily", "[1]")),
          new Values("every", List.of("5m", "PT1H", "1000"), List.of("0", "soon", "-1", "[5m]")),
          new Values("at", List.of("2027-01-31T02:00:00Z"), List.of("tomorrow", "1", "{}")),
          new Values("after", List.of("5m", "1d"), List.of("0s", "soon", "{}")));

  /** Beside the time of a schedule. */
  private static final List<Values> RULES =
      List.of(
          new Values("zone", List.of("Europe/Berlin", "UTC"), List.of("[x]", "''")),
          new Values(
              "overlap", List.of("skip", "CANCEL", "Allow"), List.of("queue", "1", "[skip]")),
          new Values("catchUp", List.of("none", "LATEST"), List.of("all", "true")),
          new Values("within", List.of("24h", "90m"), List.of("0", "late")),
          new Values(
              "payload",
              List.of("{day: '{{ event.at }}'}", "{}", "'{{ {\"day\": event.local} }}'"),
              List.of("[1]", "true")));

  private static final Values DEPENDS_ON =
      new Values("dependsOn", List.of("b", "[b]", "[]"), List.of("{}", "[{}]", "b.c", "[1]"));

  static Stream<String> good() {
    return documents(true);
  }

  static Stream<String> bad() {
    return documents(false);
  }

  @ParameterizedTest
  @MethodSource("good")
  void bothAccept(String document) {
    assertThat(Compiling.problems(document)).isEmpty();
    assertThat(SCHEMA.check(document.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("bad")
  void bothRefuse(String document) {
    assertThat(Compiling.problems(document)).isNotEmpty();
    assertThat(SCHEMA.check(document.getBytes(UTF_8))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"draft", "Active", "PAUSED", "retired"})
  void bothAcceptAStatusWithoutSteps(String word) {
    String document = "{orchestrationName: o, status: " + word + "}";
    assertThat(Compiling.problems(document)).isEmpty();
    assertThat(SCHEMA.check(document.getBytes(UTF_8))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{orchestrationName: o, status: gone}",
        "{orchestrationName: o, status: 1}",
        "{orchestrationName: o}",
        "{status: paused}"
      })
  void bothRefuseWhatChangesNothing(String document) {
    assertThat(Compiling.problems(document)).isNotEmpty();
    assertThat(SCHEMA.check(document.getBytes(UTF_8))).isNotEmpty();
  }

  @Test
  void bothReadEnvelopesAndLists() {
    String bad = "{orchestrationName: o, steps: [{name: a.b}]}";
    for (String document :
        List.of(
            bad,
            "{payload: " + bad + "}",
            "{orchestrations: [" + bad + "]}",
            "{headers: {source: x}, payload: {orchestrations: [" + bad + "]}}")) {
      assertThat(Compiling.compile(document).accepted()).isFalse();
      assertThat(SCHEMA.check(document.getBytes(UTF_8)))
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.path()).endsWith("steps[0].name");
                assertThat(problem.column()).isGreaterThan(1);
              });
      String good = document.replace("a.b", "ab");
      assertThat(Compiling.problems(good)).isEmpty();
      assertThat(SCHEMA.check(good.getBytes(UTF_8))).isEmpty();
    }
  }

  @Test
  void theSchemaDescribesExactlyTheFieldsTheCompilerReads() throws Exception {
    JsonNode definitions;
    try (var schema = RegistrationSchema.class.getResourceAsStream("orchestration.schema.json")) {
      definitions = new JsonMapper().readTree(schema).required("definitions");
    }
    Map<String, Set<String>> read =
        Map.of(
            "registration",
            union(List.of(RegistrationReader.FIELDS, Vocabulary.ORCHESTRATION_FIELDS)),
            "step",
            union(
                List.of(
                    StepDeclaration.FIELDS,
                    Vocabulary.STEP_FIELDS,
                    Vocabulary.KINDS,
                    PartsDeclaration.KINDS,
                    PartsDeclaration.FIELDS,
                    BLOCKS)),
            "retry",
            RetryDraft.FIELDS,
            "schedule",
            TriggersReader.SCHEDULE_FIELDS,
            "event",
            OutsideTriggers.EVENT_FIELDS,
            "webhookTrigger",
            OutsideTriggers.WEBHOOK_FIELDS,
            "trigger",
            TriggersReader.TRIGGER_FIELDS,
            "receiver",
            NotifyReader.RECEIVER_FIELDS,
            "breakerFigures",
            Vocabulary.BREAKER_FIELDS);
    read.forEach(
        (part, fields) -> {
          TreeSet<String> described =
              new TreeSet<>(definitions.required(part).required("properties").propertyNames());
          TreeSet<String> expected = new TreeSet<>(fields);
          expected.removeAll(List.of("$schema", "eventType"));
          assertThat(described).as(part).isEqualTo(expected);
        });
  }

  private static Set<String> union(List<Set<String>> sets) {
    return sets.stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
  }

  private static Stream<String> documents(boolean good) {
    Stream<String> registrations =
        pairs(REGISTRATION, good)
            .map(
                pair ->
                    "{"
                        + pair
                        + (pair.startsWith("orchestrationName") ? "" : ", orchestrationName: o")
                        + (pair.startsWith("steps") ? "" : ", steps: [{name: a}]")
                        + "}");
    Stream<String> steps =
        pairs(STEP, good)
            .map(
                pair ->
                    "{orchestrationName: o, steps: [{"
                        + pair
                        + (pair.startsWith("name") ? "" : ", name: a")
                        + "}]}");
    Stream<String> retries =
        pairs(RETRY, good)
            .map(pair -> "{orchestrationName: o, steps: [{name: a, retry: {" + pair + "}}]}");
    Stream<String> edges =
        pairs(List.of(DEPENDS_ON), good)
            .map(
                pair ->
                    "{orchestrationName: o, type: graph, steps: [{name: b}, {name: a, "
                        + pair
                        + "}]}");
    Stream<String> schedules =
        Stream.concat(
                pairs(SCHEDULE, good), pairs(RULES, good).map(pair -> "cron: 0 2 * * *, " + pair))
            .map(RegistrationSchemaTest::scheduled);
    Stream<String> receivers = pairs(RECEIVER, good).map(RegistrationSchemaTest::told);
    Stream<String> breakers =
        Stream.concat(
                (good ? GOOD_BREAKERS : BAD_BREAKERS).stream(),
                pairs(FIGURES, good).map(pair -> "{bank: {" + pair + "}}"))
            .map(RegistrationSchemaTest::behind);
    return Stream.of(registrations, steps, retries, edges, schedules, receivers, breakers)
        .flatMap(all -> all);
  }

  private static String behind(String breakers) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a, breaker: bank}], breakers: "
        + breakers
        + "}";
  }

  private static String told(String receiver) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], notify: [{"
        + receiver
        + (receiver.startsWith("on:") ? "" : ", on: [PARKED]")
        + (receiver.startsWith("connection:") ? "" : ", connection: ops")
        + "}]}";
  }

  private static String scheduled(String schedule) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: t, schedule: {"
        + schedule
        + "}}]}";
  }

  private static Stream<String> pairs(List<Values> fields, boolean good) {
    return fields.stream()
        .flatMap(
            values ->
                (good ? values.good() : values.bad())
                    .stream().map(value -> values.field() + ": " + value));
  }

  private static List<String> with(List<String> values, String... more) {
    return Stream.concat(values.stream(), Stream.of(more)).toList();
  }
}
