package io.doundo.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartEventTest {

  private static final RawJson PAYLOAD = Json.object(Map.of("a", Json.string("x")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"headers\":{\"orchestrationName\":\"o\",\"flowId\":\"f\"},\"payload\":{\"a\":\"x\"}}",
        "{\"headers\":{\"orchName\":\"o\",\"flowId\":\"f\",\"seq\":1},\"payload\":{\"a\":\"x\"}}",
        "{\"orchestrationName\":\"o\",\"payload\":{\"a\":\"x\"},\"flowId\":\"f\"}",
        "{\"orchName\":\"o\",\"flowId\":\"f\",\"payload\":{\"a\":\"x\"},\"extra\":[1]}"
      })
  void everyFormIsAccepted(String json) throws MalformedRecordException {
    assertThat(decode(json, Map.of(), null)).isEqualTo(new StartEvent("o", "f", PAYLOAD, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":\"x\"}", "{\"headers\":{},\"payload\":{\"a\":\"x\"}}"})
  void recordHeadersOverABarePayload(String json) throws MalformedRecordException {
    Map<String, String> headers =
        Map.of("orchestrationName", "o", "flowId", "f", "X-Service-Name", "shop");

    assertThat(decode(json, headers, null)).isEqualTo(new StartEvent("o", "f", PAYLOAD, "shop"));
  }

  @Test
  void aBarePayloadMayHaveAnyFieldsAndForm() throws MalformedRecordException {
    Map<String, String> headers = Map.of("orchName", "o");

    assertThat(decode("{\"orchestrationName\":\"mine\"}", headers, null).payload())
        .hasToString("{\"orchestrationName\":\"mine\"}");
    assertThat(decode("[1, 2]", headers, null).payload()).hasToString("[1, 2]");
    assertThat(decode("{\"payload\":3,\"b\":4}", headers, null).payload())
        .hasToString("{\"payload\":3,\"b\":4}");
  }

  @Test
  void theKeyNamesTheFlowWhenNothingElseDoes() throws MalformedRecordException {
    String json = "{\"orchestrationName\":\"o\",\"payload\":{}}";

    assertThat(decode(json, Map.of(), "k").flowId()).isEqualTo("k");
    assertThat(decode(json, Map.of("flowId", "h"), "k").flowId()).isEqualTo("h");
    assertThat(decode(json, Map.of(), null).flowId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"orchestrationName\":\"o\"}",
        "{\"orchestrationName\":\"o\",\"payload\":null}",
        "{\"headers\":{\"orchestrationName\":\"o\"}}"
      })
  void noPayloadIsAnEmptyObject(String json) throws MalformedRecordException {
    assertThat(decode(json, Map.of(), null).payload()).isEqualTo(RawJson.EMPTY_OBJECT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"payload":{}}                              | names no orchestration
          {"headers":{"flowId":"f"},"payload":{}}     | names no orchestration
          {"orchestrationName":"o","realm":"acme"}    | has no "payload" but the fields realm
          {"orchestrationName":"a.b","payload":{}}    | must not contain a dot
          {"orchestrationName":"flow","payload":{}}   | is reserved
          {"orchestrationName":"o","payload":{},"flowId":" \\u0000 "} | no control characters
          not json                                    | not valid JSON
          """)
  void refusesWithTheReason(String json, String reason) {
    assertThatThrownBy(() -> decode(json, Map.of(), null))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesTwoNames() {
    assertThatThrownBy(
            () ->
                decode(
                    "{\"orchestrationName\":\"o\",\"payload\":{}}",
                    Map.of("orchestrationName", "p"),
                    null))
        .hasMessage("the body names the orchestration \"o\" but a record header names \"p\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"headers\":{\"orchestrationName\":\"o\",\"flowId\":\"f\"},\"payload\":{\"a\":\"x\"}}",
        "{\"orchestrationName\":\"o\",\"payload\":{\"a\":\"x\"},\"flowId\":\"f\"}"
      })
  void aByteOrderMarkChangesNothing(String json) throws MalformedRecordException {
    for (Map<String, String> headers :
        List.of(Map.<String, String>of(), Map.of("orchestrationName", "o"))) {
      assertThat(decode('\uFEFF' + json, headers, null)).isEqualTo(decode(json, headers, null));
      assertThat(decode('\uFEFF' + json, headers, null).flowId()).isEqualTo("f");
    }
  }

  @Test
  void keepsItsOwnHeadersAndNoneThatTheProtocolDefines() throws MalformedRecordException {
    StartEvent event =
        decode(
            "{\"headers\":{\"orchestrationName\":\"o\",\"flowId\":\"f\",\"correlationId\":\"c-1\","
                + "\"tenantId\":7.0,\"status\":true,\"eventType\":\"x\",\"timestamp\":\"t\",\"seq\":1,"
                + "\"attempt\":9,\"action\":\"DO\",\"stepName\":\"s\",\"serviceName\":\"shop\","
                + "\"saga-outcome\":\"OK\",\"Saga-Command-Id\":\"0\",\"nothing\":null},\"payload\":{}}",
            Map.of(),
            null);

    assertThat(event.headers())
        .hasToString("{\"correlationId\":\"c-1\",\"tenantId\":7.0,\"status\":true}");
    assertThat(event.initiator()).isEqualTo("shop");
    assertThat(StartEvent.decode(event.encode(), null, HeaderLookup.NONE)).isEqualTo(event);
  }

  @Test
  void refusesMoreHeadersThanTravelWithEveryCommand() {
    String many =
        IntStream.range(0, 51)
            .mapToObj(i -> "\"h" + i + "\":1")
            .collect(Collectors.joining(",", "{\"orchestrationName\":\"o\",", "}"));
    String large = "{\"orchestrationName\":\"o\",\"h\":\"" + "x".repeat(4_100) + "\"}";

    for (String headers : List.of(many, large)) {
      assertThatThrownBy(
              () -> decode("{\"headers\":" + headers + ",\"payload\":{}}", Map.of(), null))
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining("at most 50 headers of 4096 bytes are allowed");
    }
  }

  @Test
  void everythingEncodedIsDecodedAgain() throws MalformedRecordException {
    StartEvent event = new StartEvent("o", "f", PAYLOAD, "shop");

    assertThat(StartEvent.decode(event.encode(), null, HeaderLookup.NONE)).isEqualTo(event);
  }

  private static StartEvent decode(String json, Map<String, String> headers, @Nullable String key)
      throws MalformedRecordException {
    return StartEvent.decode(
        json.getBytes(UTF_8), key == null ? null : key.getBytes(UTF_8), HeaderLookup.of(headers));
  }
}
