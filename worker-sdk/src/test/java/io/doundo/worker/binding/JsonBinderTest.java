package io.doundo.worker.binding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** How results and payloads are written. */
class JsonBinderTest {

  enum Colour {
    RED
  }

  record Inner(double weight, float ratio, long count, boolean done, @Nullable String nothing) {}

  record Outer(
      String name,
      Inner inner,
      List<Inner> inners,
      Map<String, Object> more,
      Optional<String> present,
      Optional<String> absent,
      Instant at,
      Duration took,
      UUID id,
      Colour colour) {}

  /** Its getters write one name twice. */
  static class Twice {
    public String getName() {
      return "field";
    }

    @JsonAnyGetter
    public Map<String, Object> more() {
      return Map.of("name", "any", "other", 1);
    }
  }

  private static final Inner INNER = new Inner(0.1, 1.5e20f, Long.MAX_VALUE, true, null);

  private static final Outer OUTER =
      new Outer(
          "t\u00fcr \ud83d\ude00 \"x\"\n\u0001/",
          INNER,
          List.of(INNER, new Inner(1e300, -0.0f, -1, false, "")),
          Map.of("list", Arrays.asList(1, null, "a", List.of())),
          Optional.of("y"),
          Optional.empty(),
          Instant.parse("2026-11-21T10:00:00.000999Z"),
          Duration.ofMillis(1_234),
          new UUID(1, 2),
          Colour.RED);

  private final JsonMapper mapper = JsonMapper.builder().build();
  private final JsonBinder binder = new JsonBinder(mapper);

  @Test
  void aValueIsWrittenAsItsTreeIs() {
    for (Object value :
        Arrays.asList(OUTER, INNER, Map.of(), List.of(OUTER), "text", 7, 0.5, true, null, 'c')) {
      assertThat(binder.write(value)).isEqualTo(Json.of(mapper.valueToTree(value)));
    }
  }

  @Test
  void aTreeAndWrittenJsonAreTakenAsTheyAre() {
    RawJson json = RawJson.trusted("{\"a\" : 1.50}".getBytes(UTF_8));

    assertThat(binder.write(json)).isSameAs(json);
    assertThat(binder.write(mapper.readTree("{\"a\" : 1}"))).hasToString("{\"a\":1}");
  }

  @Test
  void aDecimalNumberKeepsItsZeroes() {
    assertThat(binder.write(Map.of("amount", new BigDecimal("12.50"))))
        .hasToString("{\"amount\":12.50}");
  }

  /** It may be set to write for people, or for old readers. */
  @Test
  void theApplicationsMapperDecidesOnTheContentAndNotOnTheSpelling() {
    JsonMapper pretty =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.WRAP_ROOT_VALUE)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .enable(JsonWriteFeature.WRITE_NUMBERS_AS_STRINGS)
            .build();

    assertThat(new JsonBinder(pretty).write(OUTER)).isEqualTo(binder.write(OUTER));
  }

  @Test
  void aNameThatIsWrittenTwiceIsThereOnce() {
    RawJson written = binder.write(new Twice());

    assertThat(written).isEqualTo(Json.of(mapper.valueToTree(new Twice())));
    assertThat(written.toString()).containsOnlyOnce("\"name\"");
  }

  @Test
  void whatIsTooDeepForAnyReaderIsRefused() {
    List<Object> deep = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      deep = new ArrayList<>(List.of(deep));
    }
    List<Object> value = deep;

    assertThatThrownBy(() -> binder.write(value)).isInstanceOf(IllegalArgumentException.class);
  }
}
