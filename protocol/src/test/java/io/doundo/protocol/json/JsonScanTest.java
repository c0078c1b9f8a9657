package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parser reads what the scan accepts in the same way; the scan leaves the rest to it. */
class JsonScanTest {

  private static final String[] PLAIN = {
    "{\"headers\":{\"flowId\":\"f-1\",\"action\":\"DO\",\"status\":true,\"attempt\":1},"
        + "\"payload\":{\"a\":[1,-2.5e+3,0,{\"b\":null}],\"t\":\"x\\n\\\"\u00fc\"}}",
    " { \"a\" : { } , \"b\" : [ ] , \"c\":false }\n",
    "{}",
    "{\"n\":0.10,\"m\":-0,\"o\":1E9}",
  };

  private static final String[] ENVELOPES = {
    PLAIN[0],
    "{\"headers\":{\"flowId\":\"f-1\",\"stepName\":\"reserve\",\"own\":{\"a\":[1]},\"n\":null,"
        + "\"status\":false},\"payload\":null}",
    " { \"payload\" : [ 1 , \"x\" ] , \"headers\" : { \"seq\" : 1.5e3 } , \"more\" : {} } ",
    "{\"headers\":{}}",
  };

  private static final String[] OBJECTS = {
    "{\"a\":1,\"b\":{\"c\":[2, 3]}}",
    " { \"b\" : \"x\\n\" , \"d\" : true } ",
    "{}",
    "{\"d\":\"\u00fc\",\"\u00e4\":-1.0,\"a\":null}",
  };

  /** Fragments with which a mutated document is likely to be nearly valid. */
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0041",
    "0",
    "-",
    ".",
    "e",
    "1",
    "true",
    "null",
    " ",
    "\"a\":1,",
    "\"status\":true,",
    "\t",
    "\u0001",
    "\u00e4",
    "NaN",
    "+",
    "//",
    "'",
  };

  @Test
  void plainDocumentsAreAccepted() throws MalformedRecordException {
    for (String text : PLAIN) {
      assertThat(JsonScan.fields(text.getBytes(UTF_8))).as(text).isEqualTo(parsed(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"a\\u0062\":1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":tru}",
        "{\"a\":1}x",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\t\"}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"",
        "{\"a\":"
      })
  void anythingElseIsLeftToTheParser(String text) {
    assertThat(JsonScan.fields(text.getBytes(UTF_8))).isNull();
  }

  @Test
  void mutatedDocumentsAreReadAsTheParserReadsThemOrNotAtAll() throws MalformedRecordException {
    Random random = new Random(11);
    int taken = 0;
    for (int round = 0; round < 200_000; round++) {
      String text = changed(PLAIN[random.nextInt(PLAIN.length)], random);
      byte[] bytes = text.getBytes(UTF_8);
      Map<String, RawJson> scanned = JsonScan.fields(bytes);
      if (scanned == null) {
        continue;
      }
      taken++;
      assertThat(scanned).as(text).isEqualTo(parsed(text));
      RawJson object = RawJson.trusted(text.strip().getBytes(UTF_8));
      Map<String, String> scalars = JsonScan.scalars(object.bytes());
      if (scalars != null) {
        assertThat(scalars).as(text).isEqualTo(Json.parsedScalars(object));
      }
    }
    assertThat(taken).isGreaterThan(5_000);
  }

  @Test
  void mutatedEnvelopesAreReadInOnePassAsTheyAreInTwo() throws MalformedRecordException {
    Random random = new Random(12);
    int taken = 0;
    for (int round = 0; round < 100_000; round++) {
      String text = changed(ENVELOPES[random.nextInt(ENVELOPES.length)], random);
      PlainEnvelope envelope = JsonScan.envelope(text.getBytes(UTF_8));
      if (envelope == null) {
        continue;
      }
      taken++;
      Map<String, RawJson> fields = parsed(text);
      RawJson headers = Objects.requireNonNull(fields.get("headers"));
      assertThat(envelope.headers()).as(text).containsExactlyEntriesOf(Json.parsedScalars(headers));
      assertThat(envelope.payload()).as(text).isEqualTo(fields.get("payload"));
    }
    assertThat(taken).isGreaterThan(5_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"payload\":{}}",
        "{\"headers\":null,\"payload\":{}}",
        "{\"headers\":[{}]}",
        "{\"headers\":\"{}\"}",
        "{\"nested\":{\"headers\":{}}}",
        "{\"headers\":{\"a\":\"x\\ny\"}}",
        "{\"headers\":{},\"headers\":{}}",
        "{\"headers\":{\"a\":1,\"a\":2}}",
        "{\"headers\":{}} {}",
        "[{\"headers\":{}}]"
      })
  void whatIsNoPlainEnvelopeIsReadOtherwise(String text) {
    assertThat(JsonScan.envelope(text.getBytes(UTF_8))).isNull();
  }

  @Test
  void headersWithEscapesAreReadAsTheyWereWritten() {
    RawEnvelope envelope =
        Objects.requireNonNull(
            JsonScan.rawEnvelope("{\"headers\":{\"a\":\"x\\ny\"}}".getBytes(UTF_8)));

    assertThat(envelope.headers().get("a")).hasToString("\"x\\ny\"");
    assertThat(envelope.payload()).isNull();
  }

  @Test
  void mutatedEnvelopesGiveEachHeaderAsItWasWritten() throws MalformedRecordException {
    Random random = new Random(29);
    int taken = 0;
    for (int round = 0; round < 100_000; round++) {
      String text = changed(ENVELOPES[random.nextInt(ENVELOPES.length)], random);
      RawEnvelope envelope = JsonScan.rawEnvelope(text.getBytes(UTF_8));
      if (envelope == null) {
        continue;
      }
      taken++;
      Map<String, RawJson> fields = parsed(text);
      RawJson headers = Objects.requireNonNull(fields.get("headers"));
      assertThat(envelope.headers()).as(text).containsExactlyEntriesOf(parsed(headers.toString()));
      assertThat(envelope.payload()).as(text).isEqualTo(fields.get("payload"));
    }
    assertThat(taken).isGreaterThan(5_000);
  }

  /** What the headers alone have, the whole text has as well. */
  @Test
  void mutatedEnvelopesAreTakenWhereverTheirPartsAre() {
    Random random = new Random(31);
    int taken = 0;
    for (int round = 0; round < 100_000; round++) {
      byte[] text = changed(ENVELOPES[random.nextInt(ENVELOPES.length)], random).getBytes(UTF_8);
      Map<String, RawJson> fields = JsonScan.fields(text);
      RawJson headers = fields == null ? null : fields.get("headers");
      boolean parts = headers != null && headers.isObject();
      taken += parts ? 1 : 0;
      assertThat(JsonScan.rawEnvelope(text) != null).as(new String(text, UTF_8)).isEqualTo(parts);
    }
    assertThat(taken).isGreaterThan(5_000);
  }

  @Test
  void mutatedObjectsAreMergedAsTheirFieldsAre() throws MalformedRecordException {
    Random random = new Random(13);
    int taken = 0;
    for (int round = 0; round < 100_000; round++) {
      List<RawJson> objects = new ArrayList<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        String text = changed(OBJECTS[random.nextInt(OBJECTS.length)], random);
        objects.add(RawJson.trusted(text.getBytes(UTF_8)));
      }
      byte[] merged = JsonScan.merged(objects);
      if (merged != null) {
        taken++;
        assertThat(new String(merged, UTF_8))
            .as(objects.toString())
            .isEqualTo(Json.mergedFields(objects).toString());
      }
    }
    assertThat(taken).isGreaterThan(2_500);
  }

  @Test
  void manyFieldsAreMergedWithATable() throws MalformedRecordException {
    List<RawJson> objects = new ArrayList<>();
    for (int object = 0; object < 3; object++) {
      StringBuilder text = new StringBuilder("{\"first\":0");
      for (int field = 0; field < 30; field++) {
        text.append(",\"f").append(object).append('-').append(field).append("\":1");
      }
      objects.add(RawJson.trusted(text.append('}').toString().getBytes(UTF_8)));
    }
    assertThat(JsonScan.merged(objects.subList(0, 2))).isNotNull();
    assertThat(JsonScan.merged(objects)).isNull();
    assertThat(Json.merge(objects)).isEqualTo(Json.mergedFields(objects));
  }

  @Test
  void longTextsAreReadToTheirEnd() throws MalformedRecordException {
    String[] ends = {"", "\\\"", "\\\\", "\u00e4", "\u0001", "\t", "\\u0041", "\"x", "\\"};
    for (String end : ends) {
      for (int length = 0; length < 40; length++) {
        String text = "{\"a\":\"" + "\u00fc".repeat(length % 3) + "x".repeat(length) + end + "\"}";
        Map<String, RawJson> scanned = JsonScan.fields(text.getBytes(UTF_8));
        boolean isPlain =
            end.isEmpty() || end.equals("\\\"") || end.equals("\\\\") || end.equals("\u00e4");
        assertThat(scanned != null).as(text).isEqualTo(isPlain);
        if (scanned != null) {
          assertThat(scanned).as(text).isEqualTo(parsed(text));
        }
      }
    }
  }

  @Test
  void everyByteWithinATextIsSeenWhereverItStands() {
    for (int special = 0; special < 256; special++) {
      for (int place = 0; place < 24; place++) {
        byte[] text = "x".repeat(24).getBytes(UTF_8);
        text[place] = (byte) special;
        int until = EightBytes.ordinaryUntil(text, 0);
        boolean means = special < ' ' || special == '"' || special == '\\';
        assertThat(until).as("%d at %d", special, place).isEqualTo(means ? place / 8 * 8 : 24);
        assertThat(EightBytes.asciiUntil(text))
            .as("%d at %d", special, place)
            .isEqualTo(special < 128 ? 24 : place / 8 * 8);
      }
    }
  }

  @Test
  void knownNamesAreNotMadeAgain() {
    for (String name : KnownNames.NAMES) {
      byte[] text = ("x" + name + "x").getBytes(UTF_8);
      assertThat(KnownNames.of(text, 1, text.length - 1)).isSameAs(name);
      assertThat(KnownNames.of(text, 0, text.length - 1)).isEqualTo("x" + name);
    }
    assertThat(KnownNames.of(new byte[0], 0, 0)).isEmpty();
    assertThat(KnownNames.of("h\u00fcaders".getBytes(UTF_8), 0, 8)).isEqualTo("h\u00fcaders");
    assertThat(KnownNames.of("status".getBytes(UTF_8), 0, 6)).isEqualTo("status");
    assertThat(KnownNames.of("stXtus".getBytes(UTF_8), 0, 6)).isEqualTo("stXtus");
  }

  @Test
  void scalarsWithEscapesAreLeftToTheParser() throws MalformedRecordException {
    RawJson object = RawJson.trusted("{\"a\":\"x\\ny\",\"b\":1}".getBytes(UTF_8));
    assertThat(JsonScan.scalars(object.bytes())).isNull();
    assertThat(Json.scalars(object)).containsEntry("a", "x\ny").containsEntry("b", "1");
  }

  private static Map<String, RawJson> parsed(String text) throws MalformedRecordException {
    byte[] bytes = text.getBytes(UTF_8);
    return Json.parsedFields(bytes, bytes);
  }

  private static String changed(String text, Random random) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(changed.length());
      int length = Math.min(random.nextInt(4), changed.length() - at);
      switch (random.nextInt(3)) {
        case 0 -> changed.delete(at, at + Math.min(length, changed.length() - 1));
        case 1 -> changed.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> changed.replace(at, at + length, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return changed.toString();
  }
}
