package io.doundo.launcher.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.launcher.cli.FakeService.CommandResult;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doundo validate --payload} prints what each step with {@code http} would request. */
class HttpPreviewTest {

  private static final String FILE = "../registration-examples/lead-registration.yaml";

  @TempDir Path directory;

  private CommandResult validate(String payload, String... more) throws Exception {
    Path file = Files.writeString(directory.resolve("payload.json"), payload);
    String[] words = new String[4 + more.length];
    words[0] = "validate";
    words[1] = FILE;
    words[2] = "--payload";
    words[3] = file.toString();
    System.arraycopy(more, 0, words, 4, more.length);
    return FakeService.runPlain(words);
  }

  @Test
  void eachRequestIsPrintedAsItWouldBeSent() throws Exception {
    CommandResult ran = validate("{\"lead\": \"L/7\", \"name\": \"Ann\", \"zip\": \"80331\"}");

    assertThat(ran.code()).isZero();
    assertThat(ran.out().lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .endsWith(
                        "alpha    requests {\"connection\":\"alpha\",\"method\":\"POST\","
                            + "\"url\":\"/leads\",\"body\":{\"reference\":\"L/7\","
                            + "\"name\":\"Ann\",\"zip\":\"80331\"}}"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("charlie  requests ", "\"PUT\"", "\"url\":\"/leads/L%2F7\""));
  }

  @Test
  void aRequestThatCannotBeEvaluatedIsToldWithItsPlace() throws Exception {
    CommandResult ran = validate("{\"lead\": \"..\", \"name\": \"Ann\", \"zip\": \"1\"}");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).contains("charlie  fails: ", "of the path");
  }
}
