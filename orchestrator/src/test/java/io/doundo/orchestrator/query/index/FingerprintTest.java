package io.doundo.orchestrator.query.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FingerprintTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "HTTP 503 from stock-db | http 503 from stock-db",
        "HTTP/1.1 404 for order 4711 | http/1.1 404 for order <n>",
        "Status code 429: retry in 30 s | status code 429: retry in <n> s",
        "SQLState 23505, key 17 | sqlstate 23505, key <n>",
        "SQL state [40001]; attempt 3 | sql state [40001]; attempt <n>",
        "flow ord-17 is unknown | flow ord-<n> is unknown",
        "no room 6f1c2f0e-8f3f-4f7e-9d55-0c1f2a3b4c5d | no room <uuid>",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 lost | trace <hex> lost",
        "at 0xdeadbeef01 | at <hex>",
        "the facade defaced it | the facade defaced it",
        "mail to Jo.Doe+x@shop.example.com bounced | mail to <email> bounced",
        "since 2026-11-29T02:14:07.123Z | since <time>",
        "since 2026-11-29 02:14:07,5+01:00 | since <time>",
        "on 2026-11-29 | on <time>",
        "until 02:14:07 | until <time>",
        "10.0.0.7:5432 refused | <ip> refused",
        "[fe80:0:0:0:1:2:3:4] refused | <ip> refused",
        "GET https://shop.example/a?id=7&b=x failed | get https://shop.example/a?<query> failed",
        "no carrier for \"12345\" | no carrier for <text>",
        "no carrier for 'Köln' | no carrier for <text>",
        "can't reach the worker's host | can't reach the worker's host",
        "java.net.SocketTimeoutException: 3,000.5 ms | java.net.sockettimeoutexception: <n> ms",
        "a    b | a b",
      })
  void whatDiffersFromFlowToFlowIsReplaced(String error, String template) {
    assertThat(Fingerprint.template(error)).isEqualTo(template);
  }

  @Test
  void aGroupIsTheSameForEachOfItsErrors() {
    ErrorGroup one = group("order", "pay", "order 17: HTTP 503");
    assertThat(group("order", "pay", "order 18: HTTP 503")).isEqualTo(one);
    assertThat(one.fingerprint()).matches("v1:[0-9a-f]{16}");
    assertThat(group("order", "pay", "order 17: HTTP 404")).isNotEqualTo(one);
    assertThat(group("order", "ship", "order 17: HTTP 503")).isNotEqualTo(one);
    assertThat(group("other", "pay", "order 17: HTTP 503")).isNotEqualTo(one);
  }

  /** A fingerprint stands in links and scripts: the rules have a version for a reason. */
  @Test
  void theFirstVersionStaysAsItIs() {
    assertThat(group("order", "pay", "order 17: HTTP 503").fingerprint())
        .isEqualTo("v1:eb5568b01d58d349");
  }

  @Test
  void aLongTextIsCutAndAHostileOneTakesNoTime() {
    assertThat(Fingerprint.template("x".repeat(10_000))).hasSize(256);
    assertThat(Fingerprint.template("a@".repeat(5_000))).hasSizeLessThanOrEqualTo(256);
    assertThat(Fingerprint.template("\"'`:".repeat(5_000))).hasSizeLessThanOrEqualTo(256);
    assertThat(Fingerprint.template("0:".repeat(5_000))).hasSizeLessThanOrEqualTo(256);
  }

  @Test
  void theGroupsBeyondTheMostAreOne() {
    ErrorGroups groups = new ErrorGroups();
    for (int i = 0; i < ErrorGroups.MOST; i++) {
      groups.add("order", "pay", "DO", "FAILED", letters(i));
    }
    int one = groups.add("order", "pay", "DO", "FAILED", "one more");
    int another = groups.add("order", "pay", "DO", "FAILED", "yet another");
    assertThat(one).isEqualTo(another).isEqualTo(ErrorGroups.OTHER);
    assertThat(groups.add("order", "pay", "DO", "FAILED", letters(5))).isNotEqualTo(one);
  }

  @Test
  void groupsThatNoFlowHasMakeRoom() {
    ErrorGroups groups = new ErrorGroups();
    for (int i = 0; i < ErrorGroups.MOST; i++) {
      groups.add("order", "pay", "DO", "FAILED", letters(i));
    }
    int kept = groups.add("order", "pay", "DO", "FAILED", letters(5));
    BitSet used = new BitSet();
    used.set(kept);
    groups.keepOnly(used);
    int number = groups.add("order", "pay", "DO", "FAILED", "one more");
    assertThat(number).isNotEqualTo(ErrorGroups.OTHER).isNotEqualTo(kept);
    assertThat(groups.dictionary().get(number).template()).isEqualTo("one more");
    assertThat(groups.add("order", "pay", "DO", "FAILED", letters(5))).isEqualTo(kept);
  }

  private static String letters(int number) {
    return String.format(Locale.ROOT, "%05d", number)
        .chars()
        .mapToObj(c -> String.valueOf((char) (c - '0' + 'g')))
        .reduce("", String::concat);
  }

  private static ErrorGroup group(String orchestration, String step, String error) {
    return Fingerprint.group(orchestration, step, "DO", "FAILED", error);
  }
}
