package io.doundo.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTimesTest {

  private static final Instant START = Instant.parse("2027-05-03T12:00:00Z"); // a Monday

  @ParameterizedTest
  @CsvSource({
    "0 2 * * MON-FRI, 2027-05-04T02:00:00Z",
    "*/15 * * * *, 2027-05-03T12:15:00Z",
    "0 0 1 * *, 2027-06-01T00:00:00Z",
    "0 0 29 2 *, 2028-02-29T00:00:00Z",
    "0 12 * * sun, 2027-05-09T12:00:00Z",
    "0 12 * * 0, 2027-05-09T12:00:00Z",
    "0 12 * * 7, 2027-05-09T12:00:00Z",
    "5 4 * jan *, 2028-01-01T04:05:00Z",
    "'0 9,17 * * *', 2027-05-03T17:00:00Z",
    "0 0 13 * FRI, 2027-05-07T00:00:00Z",
  })
  void theNextTimeIsThatOfTheExpression(String expression, Instant expected) {
    assertThat(CronTimes.problemOf(expression)).isNull();
    assertThat(CronTimes.of(expression, ZoneOffset.UTC).next(START)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "*/0 * * * *",
        "a b c d e",
        "@daily",
        "5-1-3 * * * *",
        "1,, * * * *",
        "0 0 30 2 *",
        "0 0 31 4 *",
        "-1 * * * *",
        "1- * * * *",
        "🕑 * * * *"
      })
  void whatIsNoExpressionOrNeverComesHasAProblem(String expression) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(CronTimes.problemOf(expression)).as(expression).isNotNull());
  }

  /** Whatever a document says, it is refused with a sentence, or its times come in order. */
  @Test
  void anyTextIsRefusedOrHasTimesInOrder() {
    Random chance = new Random(20270503);
    String letters = "0123456789*/,-LW#? MONTUEJANFEB";
    int accepted = 0;
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int field = 0; field < 5; field++) {
        text.append(field == 0 ? "" : " ");
        text.append(i % 3 == 0 ? junk(chance, letters) : likely(chance, field));
      }
      String expression = text.toString();
      String problem = CronTimes.problemOf(expression);
      if (problem != null) {
        assertThat(problem).as(expression).isNotBlank().doesNotContain("\n");
        continue;
      }
      accepted++;
      CronTimes times = CronTimes.of(expression, ZoneOffset.UTC);
      Instant at = START;
      for (int n = 0; n < 5; n++) {
        Instant next = times.next(at).orElseThrow();
        assertThat(next).as(expression).isAfter(at);
        assertThat(next.getEpochSecond() % 60).isZero();
        at = next;
      }
    }
    assertThat(accepted).isGreaterThan(500);
  }

  /** A second implementation, of single numbers and lists only: every minute of a year is tried. */
  @Test
  void theTimesAreThoseOfAPlainSearch() {
    Random chance = new Random(7);
    for (int i = 0; i < 40; i++) {
      Set<Integer> minutes = some(chance, 0, 59);
      Set<Integer> hours = some(chance, 0, 23);
      Set<Integer> months = some(chance, 1, 12);
      Set<Integer> weekdays = some(chance, 0, 6);
      String expression =
          "%s %s * %s %s".formatted(list(minutes), list(hours), list(months), list(weekdays));
      LocalDateTime local = LocalDateTime.ofInstant(START, ZoneOffset.UTC).plusMinutes(1);
      while (!minutes.contains(local.getMinute())
          || !hours.contains(local.getHour())
          || !months.contains(local.getMonthValue())
          || !weekdays.contains(local.getDayOfWeek().getValue() % 7)) {
        local = local.plusMinutes(1);
      }
      assertThat(CronTimes.of(expression, ZoneOffset.UTC).next(START))
          .as(expression)
          .contains(local.toInstant(ZoneOffset.UTC));
    }
  }

  private static Set<Integer> some(Random chance, int min, int max) {
    Set<Integer> some = new TreeSet<>();
    for (int i = 0; i <= chance.nextInt(4); i++) {
      some.add(min + chance.nextInt(max - min + 1));
    }
    return some;
  }

  private static String list(Set<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }

  private static String junk(Random chance, String letters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= chance.nextInt(6); i++) {
      char letter = letters.charAt(chance.nextInt(letters.length()));
      text.append(letter == ' ' ? '*' : letter);
    }
    return text.toString();
  }

  private static String likely(Random chance, int field) {
    int max = List.of(59, 23, 28, 12, 6).get(field);
    int min = field == 2 || field == 3 ? 1 : 0;
    int from = min + chance.nextInt(max - min + 1);
    return switch (chance.nextInt(5)) {
      case 0 -> "*";
      case 1 -> "*/" + (1 + chance.nextInt(max));
      case 2 -> from + "-" + (from + chance.nextInt(max - from + 1));
      case 3 -> from + "," + (min + chance.nextInt(max - min + 1));
      default -> String.valueOf(from);
    };
  }
}
