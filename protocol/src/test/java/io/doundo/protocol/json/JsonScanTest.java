package io.doundo.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
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
