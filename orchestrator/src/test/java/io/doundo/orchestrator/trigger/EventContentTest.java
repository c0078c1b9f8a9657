package io.doundo.orchestrator.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A record as expressions see it. */
class EventContentTest {

  @SuppressWarnings("NullAway") // It does not see that the array of a compiled record may be null.
  private static JsonNode event(String topic, Map<String, String> headers, @Nullable String value)
      throws MalformedRecordException {
    EventContent.Received received =
        new EventContent.Received(
            topic, 3, 7, 1_000, "k", headers, value == null ? null : value.getBytes(UTF_8));
    return Json.MAPPER.readTree(EventContent.of(received, "t").bytes());
  }

  private static JsonNode json(String text) {
    return Json.MAPPER.readTree(text.replace('\'', '"'));
  }

  @Test
  void aRecordHasItsPlaceItsKeyItsHeadersAndItsData() throws Exception {
    assertThat(event("crm.leads", Map.of("x", "1"), "{\"a\":1}"))
        .isEqualTo(
            json(
                "{'topic':'crm.leads','partition':3,'offset':7,'at':'1970-01-01T00:00:01Z','key':'k',"
                    + "'headers':{'x':'1'},'trigger':'t','type':null,'source':null,'id':null,"
                    + "'subject':null,'time':null,'data':{'a':1}}"));
  }

  @Test
  void aTombstoneHasNoData() throws Exception {
    assertThat(event("crm.leads", Map.of(), null).required("data").isNull()).isTrue();
  }

  @Test
  void aCloudEventInBinaryModeHasItsAttributesInHeaders() throws Exception {
    JsonNode event =
        event(
            "crm.leads",
            Map.of(
                "ce_specversion",
                "1.0",
                "ce_type",
                "lead.qualified",
                "ce_source",
                "/crm",
                "ce_id",
                "42",
                "content-type",
                "application/json"),
            "{\"leadId\":1}");

    assertThat(event.required("type").stringValue()).isEqualTo("lead.qualified");
    assertThat(event.required("source").stringValue()).isEqualTo("/crm");
    assertThat(event.required("id").stringValue()).isEqualTo("42");
    assertThat(event.required("subject").isNull()).isTrue();
    assertThat(event.required("data")).isEqualTo(json("{'leadId':1}"));
  }

  @Test
  void dataOfAnotherTypeIsText() throws Exception {
    assertThat(
            event(
                    "t",
                    Map.of("ce_specversion", "1.0", "content-type", "text/plain; charset=utf-8"),
                    "no JSON")
                .required("data")
                .stringValue())
        .isEqualTo("no JSON");
  }

  @Test
  void aCloudEventInStructuredModeIsRecognisedWithAndWithoutItsHeader() throws Exception {
    String value =
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"source\":\"/s\",\"id\":\"1\",\"subject\":\"u\","
            + "\"data\":{\"a\":1}}";
    for (Map<String, String> headers :
        java.util.List.of(
            Map.of("content-type", "application/cloudevents+json; charset=UTF-8"),
            Map.<String, String>of())) {
      JsonNode event = event("t", headers, value);

      assertThat(event.required("type").stringValue()).isEqualTo("x");
      assertThat(event.required("subject").stringValue()).isEqualTo("u");
      assertThat(event.required("data")).isEqualTo(json("{'a':1}"));
    }
  }

  @Test
  void binaryDataOfAStructuredCloudEventIsDecoded() throws Exception {
    String head =
        "{\"specversion\":\"1.0\",\"type\":\"x\",\"source\":\"/s\",\"id\":\"1\",\"data_base64\":";

    assertThat(event("t", Map.of(), head + "\"eyJhIjoxfQ==\"}").required("data"))
        .isEqualTo(json("{'a':1}"));
    assertThatThrownBy(() -> event("t", Map.of(), head + "\"?\"}"))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("base64");
  }

  @Test
  void theDefaultTopicHasATypeAndData() throws Exception {
    String value = "{\"eventType\":\"orderPaid\",\"data\":{\"a\":1}}";

    JsonNode event = event("orchestrator.trigger", Map.of(), value);
    assertThat(event.required("type").stringValue()).isEqualTo("orderPaid");
    assertThat(event.required("data")).isEqualTo(json("{'a':1}"));

    JsonNode elsewhere = event("crm.leads", Map.of(), value);
    assertThat(elsewhere.required("type").isNull()).isTrue();
    assertThat(elsewhere.required("data")).isEqualTo(Json.MAPPER.readTree(value));
  }

  @Test
  void whatCannotBeReadSaysWhy() {
    assertThatThrownBy(() -> event("t", Map.of(), "{"))
        .isInstanceOf(MalformedRecordException.class);
    assertThatThrownBy(
            () ->
                event(
                    "t",
                    Map.of("content-type", "application/cloudevents+json"),
                    "{\"type\":\"x\"}"))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("specversion");
  }
}
