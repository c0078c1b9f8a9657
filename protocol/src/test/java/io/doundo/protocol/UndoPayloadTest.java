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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The merged payload of an UNDO splits into the request and result it was made of. */
class UndoPayloadTest {

  private static RawJson json(String text) {
    try {
      return Json.value(text.replace('\'', '"').getBytes(UTF_8));
    } catch (MalformedRecordException e) {
      throw new AssertionError(e.reason(), e);
    }
  }

  private static HeaderLookup lookup(Map<String, RawJson> headers) {
    return HeaderLookup.of(
        headers.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, header -> header.getValue().toString())));
  }

  private static UndoPayload roundTrip(String request, @Nullable String result)
      throws MalformedRecordException {
    RawJson asked = json(request);
    RawJson made = result == null ? null : json(result);
    RawJson merged = made == null ? asked : Json.merge(List.of(asked, made));
    return UndoPayload.of(merged, lookup(UndoPayload.headers(asked, made)));
  }

  @Test
  void aFieldThatTheResultReplacedIsTheRequestsAgain() throws MalformedRecordException {
    UndoPayload parts = roundTrip("{'id':'order-1','amount':500}", "{'id':'pay-9'}");

    assertThat(Json.fields(parts.request().bytes()))
        .isEqualTo(Json.fields(json("{'id':'order-1','amount':500}").bytes()));
    assertThat(parts.result()).isEqualTo(json("{'id':'pay-9'}"));
    assertThat(parts.told()).isTrue();
  }

  @Test
  void aFieldThatBothHaveWithOneValueStaysInBoth() throws MalformedRecordException {
    UndoPayload parts = roundTrip("{'id':'a'}", "{'id':'a','fee':1.50}");

    assertThat(parts.request()).isEqualTo(json("{'id':'a'}"));
    assertThat(parts.result()).isEqualTo(json("{'id':'a','fee':1.50}"));
  }

  @Test
  void namesOutsideAsciiAndWithQuotesSurvive() throws MalformedRecordException {
    UndoPayload parts = roundTrip("{'straße':1,'a\\'b':2}", "{'straße':'x','a\\'b':null}");

    assertThat(parts.request()).isEqualTo(json("{'straße':1,'a\\'b':2}"));
    assertThat(parts.result()).isEqualTo(json("{'straße':'x','a\\'b':null}"));
  }

  @Test
  void withoutAResultThereIsNone() throws MalformedRecordException {
    assertThat(roundTrip("{'id':'a'}", null))
        .isEqualTo(new UndoPayload(json("{'id':'a'}"), null, true));
    assertThat(roundTrip("{'id':'a'}", "{}").result()).isNull();
    assertThat(roundTrip("'text'", null).request()).isEqualTo(json("'text'"));
  }

  @Test
  void nothingIsWrittenForFieldsThatDoNotMeet() {
    assertThat(UndoPayload.headers(json("{'id':1}"), json("{'fee':2}")))
        .containsExactly(Map.entry(RecordHeaders.RESULT_FIELDS, json("['fee']")));
  }

  @Test
  void aCommandThatDoesNotTellStaysAsItIs() throws MalformedRecordException {
    RawJson payload = json("{'id':'a'}");

    assertThat(UndoPayload.of(payload, HeaderLookup.NONE))
        .isEqualTo(new UndoPayload(payload, null, false));
  }

  @Test
  void headersThatAreSomethingElseAreRefused() {
    RawJson payload = json("{'id':'a'}");

    for (String names : List.of("{", "{}", "[1]", "['id','id']", "['gone']")) {
      assertThatThrownBy(
              () ->
                  UndoPayload.of(
                      payload,
                      HeaderLookup.of(
                          Map.of(RecordHeaders.RESULT_FIELDS, names.replace('\'', '"')))))
          .as(names)
          .isInstanceOf(MalformedRecordException.class)
          .hasMessageContaining(RecordHeaders.RESULT_FIELDS);
    }
    assertThatThrownBy(
            () ->
                UndoPayload.of(
                    payload,
                    HeaderLookup.of(
                        Map.of(
                            RecordHeaders.RESULT_FIELDS,
                            "[\"id\"]",
                            RecordHeaders.REPLACED,
                            "[]"))))
        .hasMessage("saga-replaced must be a JSON object");
  }
}
