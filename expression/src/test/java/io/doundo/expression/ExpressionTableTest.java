package io.doundo.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The meaning of expressions of dialect 1, one row each. A later CEL must give the same values. */
class ExpressionTableTest {

  static final String PAYLOAD =
      """
      {"amount":12,"price":2.5,"name":"Ada","none":null,"yes":true,"huge":123456789012345678901234567890,\
      "lines":[{"sku":"a","qty":2,"price":3},{"sku":"b","qty":1,"price":2.5},{"sku":"a","qty":4,"price":1}],\
      "tags":["x","y"],"at":"2026-03-29T00:30:00Z","text":"{{ payload.name }}","empty":[],"exact":1.10,\
      "max":9223372036854775807,"map":{"a":1,"b":2}}""";

  static final VisibleNames NAMES =
      new VisibleNames(
          Map.of(
              "payload", Shape.UNKNOWN,
              "input", Shape.UNKNOWN,
              "steps", Shape.UNKNOWN,
              "flow", Shape.UNKNOWN,
              "result", Shape.UNKNOWN),
          Set.of("result"),
          Map.of(
              "rate", VisibleNames.Step.of(false),
              "my-step", VisibleNames.Step.of(false),
              "maybe", VisibleNames.Step.of(true),
              "sign", new VisibleNames.Step(false, Shape.UNKNOWN, Set.of("by", "at"))),
          Set.of("later"));

  static Bindings bindings() {
    return new Bindings()
        .with("payload", json(PAYLOAD))
        .with("input", json("{\"amount\":13}"))
        .with("result", json("null"))
        .with("flow", json("{\"id\":\"f-1\",\"version\":3}"))
        .withStep(
            "rate", Map.of("result", json("{\"score\":701}"), "status", json("\"DO_SUCCESS\"")))
        .withStep("sign", Map.of("result", json("{}"), "by", json("\"ada\"")))
        .withStep("my-step", Map.of("result", json("{\"ok\":true}")))
        .withStep("maybe", Map.of("status", json("\"NOT_TAKEN\""), "failed", json("false")));
  }

  static RawJson json(String text) {
    return RawJson.trusted(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The value of one text of a document, or the problem or error. */
  static String outcome(String text) {
    List<String> problems = new ArrayList<>();
    var template =
        new ExpressionCompiler(
                NAMES, (name, known) -> "", (place, problem) -> problems.add(problem))
            .template("it", Json.MAPPER.getNodeFactory().stringNode(text));
    if (template.isEmpty()) {
      return "refused: " + String.join(" | ", problems);
    }
    try {
      return template.get().evaluate(bindings()).toString();
    } catch (EvaluationException e) {
      return "error: " + e.getMessage();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
      payload.amount                                  ~ 12
      payload.huge                                    ~ 123456789012345678901234567890
      payload.exact                                   ~ 1.10
      payload.none                                    ~ null
      payload.map                                     ~ {"a":1,"b":2}
      flow.id                                         ~ "f-1"
      steps.rate.result.score                         ~ 701
      steps.`my-step`.result.ok                       ~ true
      payload.amount + 3                              ~ 15
      payload.amount * payload.price                  ~ 30.0
      payload.amount / 5                              ~ 2
      payload.amount / 5.0                            ~ 2.4
      payload.amount % 5                              ~ 2
      -payload.amount                                 ~ -12
      payload.amount - 0.5                            ~ 11.5
      0.1 + 0.2                                       ~ 0.30000000000000004
      1e21 + 1                                        ~ 1.0E21
      payload.name + "!"                              ~ "Ada!"
      payload.tags + ["z"]                            ~ ["x","y","z"]
      payload.amount == 12.0                          ~ true
      payload.amount > 11.5 && payload.yes            ~ true
      payload.name in ["Ada", "Bob"]                  ~ true
      payload.none == null                            ~ true
      payload.yes ? 1 : 2                             ~ 1
      payload.?nope.orValue("d")                      ~ "d"
      payload.?none.?deep.orValue("d")                ~ "d"
      payload.?name                                   ~ "Ada"
      payload.?name.hasValue()                        ~ true
      has(payload.nope)                               ~ false
      payload.nope || true                            ~ true
      size(payload.lines)                             ~ 3
      payload.lines.map(l, l.qty * l.price).sum()     ~ 12.5
      payload.lines.map(l, l.qty).sum()               ~ 7
      payload.lines.map(l, l.qty).avg()               ~ 2.3333333333333335
      payload.lines.map(l, l.price).least()           ~ 1
      payload.lines.map(l, l.price).greatest()        ~ 3
      payload.lines.filter(l, l.qty > 1).map(l, l.sku) ~ ["a","a"]
      payload.lines.exists(l, l.sku == "b")           ~ true
      payload.lines.groupBy("sku").a.size()           ~ 2
      payload.empty.sum()                             ~ 0
      merge(payload.map, {"b": 3})                    ~ {"a":1,"b":3}
      pick(payload.map, ["a", "z"])                   ~ {"a":1}
      omit(payload.map, ["a"])                        ~ {"b":2}
      rename(payload.map, {"a": "c"})                 ~ {"c":1,"b":2}
      entries(payload.map)                            ~ [{"key":"a","value":1},{"key":"b","value":2}]
      fixed(2.345, 2)                                 ~ "2.35"
      fixed(payload.amount, 2)                        ~ "12.00"
      date(payload.at, "yyyy-MM-dd HH:mm", "Europe/Berlin") ~ "2026-03-29 01:30"
      date("2026-03-29T01:30:00Z", "HH:mm XXX", "Europe/Berlin") ~ "03:30 +02:00"
      json(payload.map)                               ~ "{\\"a\\":1,\\"b\\":2}"
      parseJson("{\\"a\\": [1, 2.5]}").a[1]           ~ 2.5
      hash({"b": 1, "a": 2}) == hash({"a": 2, "b": 1}) ~ true
      base64.encode("abc")                            ~ "YWJj"
      payload.name.lowerAscii()                       ~ "ada"
      payload.tags.join("-")                          ~ "x-y"
      "a,b".split(",")                                ~ ["a","b"]
      payload.name.contains("d")                      ~ true
      payload.name.matches("^A.a$")                   ~ true
      "abcabc".indexOf("c", 3)                        ~ 5
      [[1], [2, 3]].flatten()                         ~ [1,2,3]
      [3, 1, 2].sort()                                ~ [1,2,3]
      payload.tags.transformList(i, t, t + string(i)) ~ ["x0","y1"]
      string(2.50)                                    ~ "2.5"
      string(payload.price)                           ~ "2.5"
      timestamp("2026-01-01T00:00:00Z") + duration("1h") ~ "2026-01-01T01:00:00Z"
      math.ceil(2.1)                                  ~ 3.0
      {"list": [1, payload.none]}                     ~ {"list":[1,null]}
      steps.?maybe.?result.?a.orValue(0)              ~ 0
      has(steps.maybe.result) ? steps.maybe.result.a : 7 ~ 7
      steps.maybe.status                              ~ "NOT_TAKEN"
      has(steps.maybe.result)                         ~ false
      steps.?maybe.?status                            ~ "NOT_TAKEN"
      steps.sign.by                                   ~ "ada"
      false && payload.nope                           ~ false
      payload.nope && false                           ~ false
      payload.lines.all(l, l.qty > 0)                 ~ true
      payload.lines.all(l, l.nope > 0 || l.qty > 9)   ~ error: "nope" is not in l (has: sku, qty, price)
      payload.lines.exists(l, l.qty == 1 || l.nope)   ~ true
      payload.lines.exists_one(l, l.sku == "b")       ~ true
      payload.map.all(k, k < "c")                     ~ true
      payload.map.transformMap(k, v, v * 2)           ~ {"a":2,"b":4}
      payload.map.transformMapEntry(k, v, {string(v): k}) ~ {"1":"a","2":"b"}
      payload.map.transformMapEntry(k, v, {"x": k})   ~ error: the key "x" is there twice
      payload.tags.transformList(i, t, i > 0, t)      ~ ["y"]
      has(payload.none.deep)                          ~ false
      has(payload.name.deep)                          ~ error: "deep" is not in payload.name, which is a text
      payload["name"]                                 ~ "Ada"
      payload.tags[1.0]                               ~ "y"
      payload.tags[-1]                                ~ error: there is no element -1 in payload.tags, which has 2
      payload.tags[0.5]                               ~ error: an element of payload.tags needs a whole number but has a number
      payload.tags[?7].orValue("none")                ~ "none"
      payload.?map.a                                  ~ 1
      payload.?map[?"z"].hasValue()                   ~ false
      payload.?nope.or(optional.of(3)).value()        ~ 3
      payload.?name.orValue(payload.nope)             ~ "Ada"
      [?payload.?nope, ?payload.?name]                ~ ["Ada"]
      {?"a": payload.?nope, "b": 1}                   ~ {"b":1}
      optional.ofNonZeroValue("").hasValue()          ~ false
      {1: "one"}[payload.map.a]                       ~ "one"
      {"a": 1, "a": 2}                                ~ error: the key "a" is there twice
      "a" in payload.map                              ~ true
      12.0 in [payload.amount]                        ~ true
      [1, 2.0] == [1.0, 2]                            ~ true
      payload.map == {"b": 2.0, "a": 1}               ~ true
      payload.huge == payload.huge                    ~ true
      payload.huge > 1                                ~ error: the number 123456789012345678901234567890 is too large to calculate with; send it as a text
      [payload.huge]                                  ~ [123456789012345678901234567890]
      payload.name > 1                                ~ error: > cannot compare a text and a number
      payload.name ? 1 : 2                            ~ error: ?: needs a boolean but has a text
      payload.max == 9223372036854775808.0            ~ false
      -0.0 == 0.0                                     ~ true
      payload.amount % 5.0                            ~ error: % needs two integers, but one of the numbers is a decimal
      1e308 * 10                                      ~ error: 1.0E308 * 10 does not fit into a number
      type(payload.amount) == int                     ~ true
      type(payload.none) == null_type                 ~ true
      type(payload.name)                              ~ error: a type cannot be written as JSON
      int("12") + int(2.9)                            ~ 14
      int("1x")                                       ~ error: int: "1x" is not a whole number
      double("1.5") + double(1)                       ~ 2.5
      double("1e999")                                 ~ error: double: "1e999" is not a number
      bool("true")                                    ~ true
      bool("yes")                                     ~ error: bool cannot convert a text
      duration("1h30m") + duration("0.5s")            ~ "5400.5s"
      duration("-1500ms")                             ~ "-1.5s"
      timestamp(payload.at) - timestamp("2026-03-28T00:30:00Z") == duration("24h") ~ true
      timestamp(payload.at) < timestamp("2026-03-29T02:31:00+02:00") ~ true
      timestamp("9999-12-31T00:00:00Z") + duration("48h") ~ error: the time is outside the years 0001 to 9999
      int(timestamp("1970-01-01T00:01:00Z"))          ~ 60
      [3, 1.5, 2].sort()                              ~ [1.5,2,3]
      ["b", "a"].sort()                               ~ ["a","b"]
      [1, "a"].sort()                                 ~ error: sort needs numbers only, texts only or times only, but one is a text
      payload.lines.sortBy("price").map(l, l.sku)     ~ ["a","b","a"]
      [1, 1.0, 2, "1"].distinct()                     ~ [1,2,"1"]
      [1, 2, 3].reverse()                             ~ [3,2,1]
      payload.tags.slice(1, 2)                        ~ ["y"]
      payload.tags.slice(1, 3)                        ~ error: slice: 1 to 3 is outside the list, which has 2 elements
      lists.range(3)                                  ~ [0,1,2]
      sets.contains(payload.tags, ["y"])              ~ true
      sets.equivalent([1, 2, 2], [2, 1])              ~ true
      sets.intersects([1, 2], [3])                    ~ false
      [1, "a"].sum()                                  ~ error: sum needs numbers, but one is a text
      [1, "a"].join("-")                              ~ error: join needs a list of texts, but one is a number; use map(x, string(x)) before it
      "😀abc".size()                                  ~ 4
      "😀abc".substring(1, 3)                         ~ "ab"
      "😀abc".indexOf("b")                            ~ 2
      "😀abc".charAt(0)                               ~ "😀"
      "😀ab".reverse()                                ~ "ba😀"
      "abc".substring(2, 4)                           ~ error: substring: the position 4 is outside the text
      "abc".substring(2, 1)                           ~ error: substring: the end lies before the beginning
      "abcabc".lastIndexOf("b")                       ~ 4
      "a-b-c".replace("-", "+")                       ~ "a+b+c"
      "abc".replace("", "+")                          ~ error: replace: the text to replace is empty
      " a ".trim() + "b".upperAscii()                 ~ "aB"
      "aé".upperAscii()                               ~ "Aé"
      payload.name.startsWith("A") && payload.name.endsWith("a") ~ true
      "ab".split("")                                  ~ ["a","b"]
      "AB-12".matches("^[A-Z]{2}-[0-9]{1,3}$")        ~ true
      payload.name.matches(payload.text)              ~ false
      regex.extract("id=42; id=43", "id=([0-9]+)").value() ~ "42"
      regex.extract("id=42", "[0-9]+").value()        ~ "42"
      regex.extract("a-b", "([a-z])-([a-z])").value() ~ "a"
      regex.extract("none", "[0-9]+").hasValue()      ~ false
      regex.extract("b", "(a)?b").orValue("nothing")  ~ "nothing"
      regex.extract("none", "[0-9]+").value()         ~ error: the value is absent
      regex.extract(payload.amount, "1")              ~ error: regex.extract needs a text but has a number
      payload.amount.startsWith("1")                  ~ error: startsWith needs a text but has a number
      math.ceil(payload.amount)                       ~ 12
      math.floor(-2.1)                                ~ -3.0
      math.round(2.5)                                 ~ 3.0
      math.round(-2.5)                                ~ -3.0
      math.trunc(-2.9)                                ~ -2.0
      math.abs(-3)                                    ~ 3
      math.sign(-2.5)                                 ~ -1
      math.sqrt(9)                                    ~ 3.0
      math.sqrt(-1)                                   ~ error: math.sqrt of a negative number has no value
      fixed(-0.005, 2)                                ~ "-0.01"
      fixed(1, 21)                                    ~ error: fixed takes 0 to 20 digits behind the point, not 21
      base64.decode("YWJj")                           ~ "abc"
      base64.decode("?")                              ~ error: base64.decode: the text is not Base64
      base64.decode("/w==")                           ~ error: base64.decode: what is encoded is not a text in UTF-8
      parseJson(r'"\\ud800"')                         ~ error: the text holds half of a surrogate pair
      parseJson("1e999") == 1                         ~ false
      parseJson("1e999") > 1                          ~ error: the number 1e999 is too large to calculate with; send it as a text
      hash({"b": 1.0, "a": 2}) == hash({"a": 2, "b": 1}) ~ true
      rename(payload.map, {"a": "b"})                 ~ error: rename: two fields would be named "b"
      payload.lines.groupBy("nope")                   ~ error: "nope" is not in an element of the list (has: sku, qty, price)
      result                                          ~ null
      result.?id.orValue(0)                           ~ 0
      has(result.id) ? result.id : 7                  ~ 7
      [1].map(result, result)                         ~ [1]
      flow                                            ~ {"id":"f-1","version":3}
      """)
  void value(String expression, String expected) {
    String whole = "{{ " + expression + " }}";
    String shown = Program.shown(expression);
    assertThat(outcome(whole).replace("error: it: {{ " + shown + " }}: ", "error: "))
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
      Hello {{ payload.name }}, {{ payload.amount + 1 }}!   ~ "Hello Ada, 13!"
      {{ payload.price }} and {{ payload.yes }}             ~ "2.5 and true"
      {{ payload.text }}                                    ~ "{{ payload.name }}"
      <{{ payload.text }}>                                  ~ "<{{ payload.name }}>"
      {{ payload.text + "{{ 1 }}" }}                        ~ "{{ payload.name }}{{ 1 }}"
      {{ {"a": {"b": 1}} }}                                 ~ {"a":{"b":1}}
      {{ "}}" }}                                            ~ "}}"
      x{{ "'" }}y{{ '"' }}                                  ~ "x'y\\""
      no braces }}                                          ~ "no braces }}"
      """)
  void text(String text, String expected) {
    assertThat(outcome(text)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
      {{ payload.nope }}               ~ it: "nope" is not in payload (has: amount, price, name, none, yes, huge, lines, tags, at, text, empty, exact, …)
      {{ payload.map.c }}              ~ it: "c" is not in payload.map (has: a, b)
      {{ payload.name.first }}         ~ it: "first" is not in payload.name, which is a text
      {{ payload.nope + 1 }}           ~ it: {{ payload.nope + 1 }}: "nope" is not in payload (has: amount, price, name, none, yes, huge, lines, tags, at, text, empty, exact, …)
      <{{ payload.none }}>             ~ it: payload.none: null cannot stand inside a text; use json(…) if its JSON is meant
      <{{ payload.lines }}>            ~ it: payload.lines: a list cannot stand inside a text; use json(…) if its JSON is meant
      <{{ payload.map.map(k, k) }}>    ~ it: {{ payload.map.map(k, k) }}: a list cannot stand inside a text; use json(…) if its JSON is meant
      {{ payload.name + 1 }}           ~ it: {{ payload.name + 1 }}: + cannot combine a text and a number
      {{ payload.max + 1 }}            ~ it: {{ payload.max + 1 }}: 9223372036854775807 + 1 does not fit into an integer of 64 bits
      {{ payload.amount / 0 }}         ~ it: {{ payload.amount / 0 }}: 12 / 0 is a division by zero
      {{ payload.huge + 1 }}           ~ it: {{ payload.huge + 1 }}: the number 123456789012345678901234567890 is too large to calculate with; send it as a text
      {{ payload.?nope }}              ~ it: {{ payload.?nope }}: the value is absent; write .orValue(…) to say what to use instead
      {{ payload.empty.least() }}      ~ it: {{ payload.empty.least() }}: least of an empty list has no value
      {{ payload.empty.map(x, x)[0] }} ~ it: {{ payload.empty.map(x, x)[0] }}: there is no element 0 in the value before it, which has 0
      {{ {1: 2} }}                     ~ it: {{ {1: 2} }}: the name of a field must be a text, but one is a number
      {{ date("yesterday", "yyyy", "UTC") }} ~ it: {{ date("yesterday", "yyyy", "UTC") }}: date: "yesterday" is not a time in the form 2026-01-31T12:00:00Z
      """)
  void error(String text, String expected) {
    assertThat(outcome(text)).isEqualTo("error: " + expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
      {{ paylod.amount }}              ~ "paylod" is not known here (known: flow, input, payload, result, steps)
      {{ item.a + 1 }}                 ~ "item" is not known here
      {{ nope(1) }}                    ~ "nope" is not known: it is neither a variable nor a function
      {{ payload. }}                   ~ no viable alternative at input '.' (column 9)
      {{ }}                            ~ the expression is empty
      {{ payload.a                     ~ "{{" is not closed by "}}"
      {{ steps.later.result }}         ~ step "later" does not come before this step
      {{ steps.typo.result.a + 1 }}    ~ there is no step "typo" before this step (there are: maybe, my-step, rate, sign)
      {{ steps.rate.score }}           ~ what it answered is read as steps.rate.result.score
      {{ steps.maybe.result.a }}       ~ steps.maybe.result may be absent: read it as steps.maybe.?result
      {{ steps.maybe.result.a + 1 }}   ~ steps.maybe.result may be absent
      {{ !has(steps.maybe.result) && steps.maybe.result.a > 1 }} ~ steps.maybe.result may be absent
      {{ size(steps) }}                ~ "steps" can be read by the name of a step only
      {{ cel.bind(x, 1, x) }}          ~ is not known
      {{ now() }}                      ~ "now" is not known
      {{ timestamp(payload.at).getHours("Europe/Berlin") }} ~ "getHours" is not known
      {{ payload.name.matches("(") }}  ~ the pattern "(" is not valid
      {{ payload.name.matches("((a{99}){99}){99}") }} ~ the pattern is too large when its repetitions are written out
      {{ regex.extract(payload.name, "(") }} ~ the pattern "(" is not valid
      {{ regex.extract(payload.name, "(?=a)") }} ~ the pattern "(?=a)" is not valid
      {{ date(payload.at, "MMMM", "UTC") }} ~ the pattern "MMMM" is not supported
      {{ date(payload.at, "yyyy", "Mars/Base") }} ~ the time zone "Mars/Base" is not known
      {{ timestamp("yesterday") }}     ~ "yesterday" is not a time
      {{ duration("soon") }}           ~ "soon" is not a duration
      {{ 1u + 2u }}                    ~ unsigned integers such as 1u
      {{ b"abc" == b"abc" }}           ~ bytes such as b"…"
      {{ Some{a: 1} }}                 ~ is not known
      {{ payload.?a.optMap(x, x) }}    ~ is not known
      {{ steps.rate.error }}           ~ steps.rate.error may be absent
      {{ has(steps.rate.error) ? steps.rate.result.x : steps.rate.error }} ~ steps.rate.error may be absent
      {{ has(steps.maybe.error) ? steps.maybe.result : 1 }} ~ steps.maybe.result may be absent
      {{ result.id }}                  ~ result.id may be absent
      {{ result.id + 1 }}              ~ result.id may be absent
      {{ !has(result.id) ? result.id : 1 }} ~ result.id may be absent
      {{ has(result.a) ? result.id : 1 }} ~ result.id may be absent
      {{ steps.rate.by }}              ~ step "rate" has no "by" (has: error, failed, result, status)
      """)
  void refused(String text, String expected) {
    assertThat(outcome(text)).startsWith("refused: ").contains(expected);
  }
}
