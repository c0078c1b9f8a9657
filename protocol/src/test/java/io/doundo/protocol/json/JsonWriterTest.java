package io.doundo.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The writer writes the same text as the mapper. */
class JsonWriterTest {

  @Test
  void objectsArraysAndScalarsAreSeparatedWhereTheyMustBe() {
    byte[] json =
        new JsonWriter(1)
            .beginObject()
            .beginObject("a")
            .endObject()
            .beginArray("b")
            .beginObject()
            .field("c", -7)
            .field("d", true)
            .endObject()
            .beginObject()
            .present("absent", null)
            .field("e", RawJson.NULL)
            .endObject()
            .endArray()
            .field("f", Long.MAX_VALUE)
            .field("g", 0)
            .endObject()
            .toByteArray();
    assertThat(new String(json, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"a\":{},\"b\":[{\"c\":-7,\"d\":true},{\"e\":null}],\"f\":9223372036854775807,\"g\":0}");
  }

  @Test
  void everyTextIsWrittenAsTheMapperWritesIt() {
    Random random = new Random(7);
    int[] bounds = {0x20, 0x80, 0x800, 0x10000, 0x110000};
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(20); i > 0; i--) {
        int point = random.nextInt(bounds[random.nextInt(bounds.length)]);
        if (point < 0xD800 || point > 0xDFFF) {
          text.appendCodePoint(point);
        }
      }
      assertThat(written(text.toString()))
          .isEqualTo("{\"x\":" + Json.string(text.toString()) + '}');
    }
  }

  @Test
  void halfACharacterIsEscapedRatherThanRefused() {
    String cut = "\uD83D\uDE00".substring(0, 1);
    assertThat(written("a" + cut)).isEqualTo("{\"x\":\"a\\uD83D\"}");
    assertThat(written(cut + "a")).isEqualTo("{\"x\":\"\\uD83Da\"}");
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        1,
        999,
        1_000,
        -1,
        951_782_399_999L,
        951_782_400_000L,
        951_868_799_999L,
        951_868_800_000L,
        253_402_300_799_999L,
        253_402_300_800_000L,
        -62_167_219_200_000L,
        -62_167_219_200_001L
      })
  void aTimeIsWrittenAsAnInstantIs(long at) {
    assertTime(at);
  }

  @Test
  void anyTimeIsWrittenAsAnInstantIs() {
    Random random = new Random(8);
    for (int i = 0; i < 20_000; i++) {
      assertTime((long) ((random.nextDouble() - 0.2) * 300_000_000_000_000L));
    }
    for (long day = -800_000; day < 3_000_000; day += 11) {
      assertTime(day * 86_400_000);
    }
  }

  private static void assertTime(long at) {
    String json =
        new String(
            new JsonWriter(1).beginObject().time("t", at).endObject().toByteArray(),
            StandardCharsets.UTF_8);
    assertThat(json).isEqualTo("{\"t\":\"" + Instant.ofEpochMilli(at) + "\"}");
  }

  private static String written(String text) {
    byte[] json = new JsonWriter(1).beginObject().field("x", text).endObject().toByteArray();
    return new String(json, StandardCharsets.UTF_8);
  }
}
