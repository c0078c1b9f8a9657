package io.doundo.orchestrator.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.query.deadletter.DeadLetterCursor;
import io.doundo.orchestrator.query.deadletter.SeenMarks.Mark;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeenRequestTest {

  private static final String GROUP = "v1:9f2ac01744d7e655";

  @Test
  void idsAreMarkedOneByOne() {
    SeenRequest request = request("{'ids':['3-17','0-2']}");
    assertThat(request.marks("kim", 7, Map.of(0, 3L, 3, 18L)))
        .containsExactly(
            new Mark("3-17", true, "kim", 7, Map.of()), new Mark("0-2", true, "kim", 7, Map.of()));
    for (Map<Integer, Long> ends : List.of(Map.of(0, 3L, 3, 17L), Map.of(0, 3L))) {
      assertThatThrownBy(() -> request.marks("kim", 7, ends))
          .isInstanceOf(ApiProblem.class)
          .hasMessageContaining("There is no dead letter \"3-17\"");
    }
  }

  @Test
  void aGroupIsMarkedUpToWhereItWasShown() {
    String upTo = new DeadLetterCursor(Map.of(0, 17L)).encode();
    SeenRequest request =
        request("{'fingerprint':'%s','upTo':'%s','seen':false}".formatted(GROUP, upTo));
    assertThat(request.marks("kim", 7, Map.of(0, 9L)))
        .as("what is still to come has not been seen")
        .containsExactly(new Mark(GROUP, false, "kim", 7, Map.of(0, 9L)));
    assertThat(request.marks("kim", 7, Map.of(0, 20L)))
        .containsExactly(new Mark(GROUP, false, "kim", 7, Map.of(0, 17L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{} ~ Say which dead letters",
        "{'ids':['3-17'],'fingerprint':'v1:9f2ac01744d7e655'} ~ Say which dead letters",
        "{'ids':[]} ~ 1 to 1,000 ids",
        "{'ids':'3-17'} ~ 1 to 1,000 ids",
        "{'ids':['owner']} ~ ids such as 3-1234",
        "{'ids':['3-17'],'upTo':'x'} ~ leave it out",
        "{'ids':['3-17'],'seen':'no'} ~ must be true or false",
        "{'fingerprint':'v1:9f2ac01744d7e655'} ~ needs the \"upTo\"",
        "{'fingerprint':'../owner','upTo':'MC0x'} ~ must be that of a group",
        "{'id':['3-17']} ~ unknown fields: [id]",
      })
  void whatIsMissingOrWrongIsNamed(String body, String problem) {
    assertThatThrownBy(() -> request(body))
        .isInstanceOf(ApiProblem.class)
        .hasMessageContaining(problem);
  }

  private static SeenRequest request(String body) {
    return SeenRequest.of(body.replace('\'', '"').getBytes(UTF_8));
  }
}
