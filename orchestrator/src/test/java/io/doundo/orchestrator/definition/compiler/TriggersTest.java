package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.definition;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static io.doundo.orchestrator.definition.compiler.Compiling.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.WebhookTrigger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The triggers of an orchestration in its document and in its stored form. */
class TriggersTest {

  private static String document(String schedule) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: t, schedule: {"
        + schedule
        + "}}]}";
  }

  private static Schedule schedule(String schedule) {
    return Objects.requireNonNull(definition(document(schedule)).triggers().get(0).schedule());
  }

  @Test
  void everyFieldIsRead() {
    assertThat(
            schedule(
                "cron: 0  2 * * MON-FRI, zone: Europe/Berlin, overlap: cancel, catchUp: latest,"
                    + " within: 24h, payload: {day: '{{ event.at }}'}"))
        .isEqualTo(
            new Schedule(
                new Schedule.Cron("0 2 * * MON-FRI", ZoneId.of("Europe/Berlin")),
                Overlap.CANCEL,
                CatchUp.LATEST,
                Duration.ofHours(24),
                "{\"day\":\"{{ event.at }}\"}"));
  }

  @Test
  void defaultsAreSkipAndTheLatestWithinAnHourInUtc() {
    assertThat(schedule("cron: 0 2 * * *"))
        .isEqualTo(
            new Schedule(
                new Schedule.Cron("0 2 * * *", ZoneOffset.UTC),
                Overlap.SKIP,
                CatchUp.LATEST,
                Duration.ofHours(1),
                null));
  }

  @Test
  void aSingleTimeMayBeLocal() {
    assertThat(schedule("at: 2027-07-01T02:00:00, zone: Europe/Berlin").timing())
        .isEqualTo(new Schedule.At(Instant.parse("2027-07-01T00:00:00Z")));
    assertThat(schedule("at: 2027-07-01T02:00:00+05:00").timing())
        .isEqualTo(new Schedule.At(Instant.parse("2027-06-30T21:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cron: 0 2 * *|triggers[0].schedule.cron|5 fields",
        "cron: 0 0 30 2 *|triggers[0].schedule.cron|would never be due",
        "cron: 60 * * * *|triggers[0].schedule.cron|is no cron expression",
        "cron: 0 2 * * *, zone: Europe/Berlim|triggers[0].schedule.zone|did you mean",
        "cron: 0 2 * * *, every: 5m|triggers[0].schedule.every|exactly one of",
        "overlap: skip|triggers[0].schedule.cron|has none",
        "every: 500ms|triggers[0].schedule.every|from 1 s",
        "every: 5m, zone: UTC|triggers[0].schedule.zone|knows no clock",
        "after: 5m, overlap: allow|triggers[0].schedule.overlap|has no meaning with after",
        "every: 5m, catchUp: none, within: 5m|triggers[0].schedule.within|no meaning",
        "at: 2027-07-01T02:00:00|triggers[0].schedule.at|with an offset",
        "every: 5m, payload: [1]|triggers[0].schedule.payload|must be an object",
        "every: 5m, payload: {a: '{{ payload.x }}'}|triggers[0].schedule.payload.a|payload",
        "every: 5m, payload: {a: '{{ event.ta }}'}|triggers[0].schedule.payload.a|ta",
        "every: 5m, overlp: skip|triggers[0].schedule.overlp|did you mean",
      })
  void aProblemNamesItsPlace(String schedule, String place, String wording) {
    assertThat(problems(document(schedule)))
        .singleElement()
        .asString()
        .contains(place)
        .contains(wording);
  }

  @Test
  void namesAreUniqueAndEachTriggerHasOne() {
    String head = "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: ";
    assertThat(
            problems(
                head
                    + "[{name: t, schedule: {every: 5m}}, {name: t, schedule: {every: 5m}},"
                    + " {name: e, webhok: {}}, {schedule: {every: 5m}}, {name: a.b, schedule: {every:"
                    + " 5m}}, x]}"))
        .hasSize(6);
    String many =
        IntStream.range(0, 17)
            .mapToObj(i -> "{name: t" + i + ", schedule: {every: 5m}}")
            .collect(Collectors.joining(","));
    assertThat(problems(head + "[" + many + "]}"))
        .singleElement()
        .asString()
        .contains("at most 16");
  }

  private static String eventDocument(String event) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: t, event: {"
        + event
        + "}}]}";
  }

  @Test
  void everyFieldOfAnEventIsRead() {
    assertThat(
            definition(
                    eventDocument(
                        "topic: crm.leads, from: earliest, when: \"event.data.type =="
                            + " 'lead.qualified'\", flowId: 'lead-{{ event.data.leadId }}', payload:"
                            + " '{{ event.data }}', signal: paid"))
                .triggers())
        .containsExactly(
            new Trigger(
                "t",
                new EventTrigger(
                    "crm.leads",
                    EventTrigger.From.EARLIEST,
                    new EventMapping(
                        "event.data.type == 'lead.qualified'",
                        "lead-{{ event.data.leadId }}",
                        "\"{{ event.data }}\"",
                        "paid"))));
  }

  @Test
  void anEventNeedsNoField() {
    assertThat(definition(eventDocument("")).triggers().get(0).source())
        .isEqualTo(
            new EventTrigger(
                "orchestrator.trigger",
                EventTrigger.From.LATEST,
                new EventMapping(null, null, null, null)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "topic: 'a b'|triggers[0].event.topic|no name of a topic",
        "topic: ..|triggers[0].event.topic|no name of a topic",
        "topic: orchestrator.rekey|triggers[0].event.topic|not for events",
        "topic: orchestrator.o.a.do|triggers[0].event.topic|not for events",
        "topic: __consumer_offsets|triggers[0].event.topic|not for events",
        "from: now|triggers[0].event.from|latest, earliest",
        "when: size('a')|triggers[0].event.when|must be true or false",
        "when: 'event.dta == 1'|triggers[0].event.when|dta",
        "when: 'payload.x'|triggers[0].event.when|payload",
        "when: 'event.data.('|triggers[0].event.when|column",
        "flowId: fixed|triggers[0].event.flowId|same flow",
        "flowId: '{{ event.ofset }}'|triggers[0].event.flowId|ofset",
        "payload: [1]|triggers[0].event.payload|must be an object",
        "payload: {a: {b: '{{ event.x }}'}}|triggers[0].event.payload.a.b|x",
        "signal: a.b, flowId: '{{ event.key }}'|triggers[0].event.signal|a.b",
        "signal: paid|triggers[0].event.signal|needs flowId",
        "topc: x|triggers[0].event.topc|did you mean",
      })
  void aProblemOfAnEventNamesItsPlace(String event, String place, String wording) {
    assertThat(problems(eventDocument(event)))
        .singleElement()
        .asString()
        .contains(place)
        .contains(wording);
  }

  @Test
  void aTriggerHasExactlyOneSource() {
    String head = "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: t";

    assertThat(problems(head + ", schedule: {every: 5m}, event: {}}]}"))
        .singleElement()
        .asString()
        .contains("triggers[0].event")
        .contains("exactly one of");
    assertThat(problems(head + "}]}"))
        .singleElement()
        .asString()
        .contains("a schedule, an event or a webhook");
  }

  @Test
  void anEventIsPartOfTheContentAndIsReadBack() throws Exception {
    for (String event :
        new String[] {
          "",
          "topic: crm.leads, from: earliest",
          "when: event.type == 'x', flowId: 'l-{{ event.data.id }}', payload: {a: '{{ event.at }}'}",
          "topic: payments, signal: paid, flowId: 'o-{{ event.data.order }}', payload: 1"
        }) {
      Orchestration written = definition(eventDocument(event));

      assertThat(DefinitionCodec.decode(DefinitionCodec.encode(written))).isEqualTo(written);
    }
    assertThat(definition(eventDocument("topic: a")).id())
        .isNotEqualTo(definition(eventDocument("topic: b")).id());
    assertThat(definition(eventDocument("topic: orchestrator.trigger, from: latest")).id())
        .as("a default that is written out changes nothing")
        .isEqualTo(definition(eventDocument("")).id());
  }

  private static String hookDocument(String webhook) {
    return "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: t, webhook: {"
        + webhook
        + "}}]}";
  }

  private static WebhookTrigger webhook(String webhook) {
    return Objects.requireNonNull(definition(hookDocument(webhook)).triggers().get(0).webhook());
  }

  @Test
  void everyWayOfVerifyingIsRead() {
    assertThat(
            webhook(
                "verify: standard, secret: partnerHook, flowId: \"hook-{{"
                    + " event.headers['webhook-id'] }}\", payload: '{{ event.body }}'"))
        .isEqualTo(
            new WebhookTrigger(
                new WebhookTrigger.Standard(),
                "partnerHook",
                new EventMapping(
                    null, "hook-{{ event.headers['webhook-id'] }}", "\"{{ event.body }}\"", null)));
    assertThat(webhook("").verify()).isEqualTo(new WebhookTrigger.Unsigned());
    assertThat(webhook("verify: apiKey").verify()).isEqualTo(new WebhookTrigger.ApiKey());
    assertThat(webhook("verify: token, secret: s").verify())
        .isEqualTo(new WebhookTrigger.Token("Authorization"));
    assertThat(webhook("verify: {token: {header: X-Gitlab-Token}}, secret: s").verify())
        .isEqualTo(new WebhookTrigger.Token("X-Gitlab-Token"));
    assertThat(webhook("verify: {hmac: {header: X-Sign}}, secret: s").verify())
        .isEqualTo(
            new WebhookTrigger.Hmac(
                "X-Sign", "", WebhookTrigger.Encoding.HEX, WebhookTrigger.Signed.BODY, null, null));
    assertThat(
            webhook(
                    "verify: {hmac: {header: S, prefix: v1=, encoding: base64, signed:"
                        + " timestamp.body, id: I, timestamp: t=}}, secret: s")
                .verify())
        .isEqualTo(
            new WebhookTrigger.Hmac(
                "S",
                "v1=",
                WebhookTrigger.Encoding.BASE64,
                WebhookTrigger.Signed.TIMESTAMP_AND_BODY,
                "I",
                "t="));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "verify: none|triggers[0].webhook.verify|standard, token",
        "verify: {hmac: {header: A}, token: {header: A}}, secret: s|webhook.verify|either",
        "verify: {}, secret: s|webhook.verify|either",
        "verify: {hmc: {}}, secret: s|webhook.verify.hmc|did you mean",
        "verify: {hmac: {}}, secret: s|webhook.verify.hmac.header|is missing",
        "verify: {hmac: {header: 'a b'}}, secret: s|webhook.verify.hmac.header|no name of a header",
        "verify: {hmac: {header: A, encoding: utf8}}, secret: s|hmac.encoding|hex, base64",
        "verify: {hmac: {header: A, signed: id}}, secret: s|hmac.signed|timestamp.body",
        "verify: {hmac: {header: A, signed: timestamp.body}}, secret: s|hmac.timestamp|is missing",
        "verify: {hmac: {header: A, timestamp: T}}, secret: s|hmac.timestamp|no meaning",
        "verify: {hmac: {header: A, id: 'a b'}}, secret: s|hmac.id|no name of a header",
        "verify: {token: {}}, secret: s|webhook.verify.token.header|is missing",
        "verify: standard|triggers[0].webhook.secret|is missing",
        "verify: standard, secret: '../x'|triggers[0].webhook.secret|letters, digits",
        "verify: apiKey, secret: s|triggers[0].webhook.secret|no meaning",
        "secret: s|triggers[0].webhook.secret|without verify",
        "verify: apiKey, when: event.data.x == 1|triggers[0].webhook.when|data",
        "verify: apiKey, flowId: fixed|triggers[0].webhook.flowId|same flow",
        "verify: apiKey, payload: [1]|triggers[0].webhook.payload|must be an object",
        "verify: apiKey, signal: s|triggers[0].webhook.signal|needs flowId",
        "verify: apiKey, secrt: s|triggers[0].webhook.secrt|did you mean",
      })
  void aProblemOfAWebhookNamesItsPlace(String webhook, String place, String wording) {
    assertThat(problems(hookDocument(webhook)))
        .anySatisfy(problem -> assertThat(problem.toString()).contains(place).contains(wording));
  }

  @Test
  void aSignatureThatNeverEndsIsWarnedOfWhereItStartsFlows() {
    String hmac = "verify: {hmac: {header: X-Sign%s}}, secret: s";
    assertThat(warnings(hookDocument(hmac.formatted(", signed: body"))))
        .singleElement()
        .asString()
        .contains("triggers[0].webhook.verify", "signs no time", "doundo.archive-retention");
    assertThat(warnings(hookDocument(hmac.formatted("")))).hasSize(1);

    assertThat(
            warnings(hookDocument(hmac.formatted("") + ", signal: paid, flowId: '{{ event.id }}'")))
        .isEmpty();
    assertThat(
            warnings(hookDocument(hmac.formatted(", signed: timestamp.body, timestamp: X-Time"))))
        .isEmpty();
    assertThat(warnings(hookDocument("verify: standard, secret: s"))).isEmpty();
  }

  @Test
  void aWebhookIsPartOfTheContentAndIsReadBack() throws Exception {
    for (String webhook :
        new String[] {
          "",
          "verify: apiKey, when: event.body.x == 1",
          "verify: standard, secret: s",
          "verify: {token: {header: X}}, secret: s",
          "verify: {hmac: {header: S, prefix: v1=, signed: timestamp.body, timestamp: t=}}, secret:"
              + " s, signal: paid, flowId: 'o-{{ event.body.order }}'"
        }) {
      Orchestration written = definition(hookDocument(webhook));

      assertThat(DefinitionCodec.decode(DefinitionCodec.encode(written))).isEqualTo(written);
    }
    assertThat(definition(hookDocument("verify: token, secret: a")).id())
        .isNotEqualTo(definition(hookDocument("verify: token, secret: b")).id());
  }

  @Test
  void anOlderDocumentKeepsItsHashAndIsWarned() {
    String old = "{orchestrationName: o, steps: [{name: a}]}";
    String more =
        "{orchestrationName: o, steps: [{name: a}], triggers: [{name: t, schedule: {every: 5m}}]}";

    assertThat(definition(more).id()).isEqualTo(definition(old).id());
    assertThat(definition(more).triggers()).isEmpty();
    assertThat(warnings(more)).singleElement().asString().contains("vocabulary: 2");
    assertThat(definition("{orchestrationName: o, vocabulary: 2, steps: [{name: a}]}").id())
        .as("a document without triggers has the hash that it always had")
        .isEqualTo(definition(old).id());
  }

  @Test
  void aScheduleIsPartOfTheContentAndIsReadBack() throws Exception {
    for (String schedule :
        new String[] {
          "cron: 0 2 * * *, zone: Europe/Berlin, payload: {a: '{{ event.local }}'}",
          "every: 90s, overlap: allow, catchUp: none",
          "at: 2027-07-01T02:00:00Z",
          "after: 5m"
        }) {
      Orchestration written = definition(document(schedule));
      Orchestration read = DefinitionCodec.decode(DefinitionCodec.encode(written));

      assertThat(read).isEqualTo(written);
    }
    assertThat(definition(document("every: 5m")).id())
        .isNotEqualTo(definition(document("every: 6m")).id());
    assertThat(definition(document("every: 5m")).id())
        .isEqualTo(definition(document("every: 300000, overlap: SKIP, within: 60m")).id());
  }

  /** Whatever stands in a schedule, the compiler names a place or makes a definition. */
  @Test
  void anyScheduleIsRefusedWithAPlaceOrCompiled() {
    Random chance = new Random(4711);
    String[] values = {
      "5m",
      "0",
      "-1",
      "''",
      "[]",
      "{}",
      "null",
      "skip",
      "0 2 * * *",
      "'*/0 * * * *'",
      "UTC",
      "2027-07-01T02:00:00Z",
      "'{{ event.at }}'",
      "{a: '{{'}",
      "{a: '{{ event.at }}'}",
      "9999999999999",
      "1e9",
      "true",
      "'0 0 31 2 *'",
      "Europe/Berlin",
      "none",
      "latest"
    };
    String[] fields = {
      "cron", "every", "at", "after", "zone", "overlap", "catchUp", "within", "payload", "extra"
    };
    int compiled = 0;
    for (int i = 0; i < 3_000; i++) {
      String schedule =
          IntStream.range(0, fields.length)
              .filter(field -> chance.nextInt(7) == 0)
              .mapToObj(field -> fields[field] + ": " + values[chance.nextInt(values.length)])
              .collect(Collectors.joining(", "));
      var problems = problems(document(schedule));
      if (problems.isEmpty()) {
        compiled++;
      } else {
        assertThat(problems)
            .as(schedule)
            .allSatisfy(problem -> assertThat(problem).contains("triggers[0]"))
            .noneSatisfy(problem -> assertThat(problem).contains("bug in DoUndo"));
      }
    }
    assertThat(compiled).isGreaterThan(10);
  }
}
