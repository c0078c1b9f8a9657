package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Options and --filter say the same, in the words of REST. */
class FlowFilterTest {

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00.123Z"), ZoneOffset.UTC);

  @Command
  private static final class Holder {
    @Mixin private FlowFilterOptions filter;
  }

  private static Map<String, String> query(String... arguments) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(arguments);
    return holder.filter.query(NOON);
  }

  @Test
  void everyFilterOfRestHasAnOption() {
    assertThat(
            query(
                "--status=parked,undone",
                "--park-reason=undo_failed",
                "--orchestration=o",
                "--definition-version=7",
                "--step=s",
                "--step-status=in_doubt",
                "--error=e",
                "--fingerprint=v1:9f",
                "--key=4711",
                "--id=ord-",
                "--search=x",
                "--worker=w",
                "--answered-by-version=2.3.1",
                "--job=j-1",
                "--paused",
                "--in-doubt",
                "--left-standing",
                "--ended-from=2026-01-01T00:00:00Z",
                "--ended-to=-1d",
                "--updated-from=-90s",
                "--updated-to=2026-02-01T00:00:00Z",
                "--to=-15m",
                "--since=1h"))
        .containsOnly(
            Map.entry("status", "PARKED,UNDONE"),
            Map.entry("parkReason", "UNDO_FAILED"),
            Map.entry("orchestration", "o"),
            Map.entry("version", "7"),
            Map.entry("step", "s"),
            Map.entry("stepStatus", "IN_DOUBT"),
            Map.entry("error", "e"),
            Map.entry("fingerprint", "v1:9f"),
            Map.entry("key", "4711"),
            Map.entry("id", "ord-"),
            Map.entry("search", "x"),
            Map.entry("worker", "w"),
            Map.entry("workerVersion", "2.3.1"),
            Map.entry("job", "j-1"),
            Map.entry("paused", "true"),
            Map.entry("inDoubt", "true"),
            Map.entry("leftStanding", "true"),
            Map.entry("endedFrom", "2026-01-01T00:00:00Z"),
            Map.entry("endedTo", "2026-01-30T12:00:00Z"),
            Map.entry("updatedFrom", "2026-01-31T11:58:30Z"),
            Map.entry("updatedTo", "2026-02-01T00:00:00Z"),
            Map.entry("to", "2026-01-31T11:45:00Z"),
            Map.entry("from", "2026-01-31T11:00:00Z"));
  }

  @Test
  void aQueryOfTheConsoleCanBePasted() {
    assertThat(query("--filter", "?status=PARKED&error=HTTP%20503%2B1+2&step=", "-f", "key=a%26b"))
        .containsOnly(
            Map.entry("status", "PARKED"),
            Map.entry("error", "HTTP 503+1+2"),
            Map.entry("step", ""),
            Map.entry("key", "a&b"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--filter=status|--filter is made of NAME=VALUE",
        "--filter=a=%zz|--filter has a %",
        "--status=PARKED --filter=status=UNDONE|is given twice: as PARKED and as UNDONE",
        "--since=1h --from=-2h|--since and --from exclude each other",
        "--since=yesterday|--since must be a time such as 30s, 15m, 1h or 7d",
        "--step-status=FAILED|--step-status needs --step"
      })
  void aMistakeNamesItsOption(String arguments, String message) {
    assertThatThrownBy(() -> query(arguments.split(" ")))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(message);
  }
}
