package io.doundo.worker.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The SDK reads documents as the orchestrator does: a scalar is its literal text. */
class RegistrationDocumentsTest {

  @TempDir Path directory;

  private List<String> read(String document) throws IOException {
    Path file = Files.write(directory.resolve("a.yaml"), document.getBytes(UTF_8));
    return RegistrationDocuments.read(
            List.of(file.toUri().toString()), new PathMatchingResourcePatternResolver())
        .steps()
        .stream()
        .map(step -> step.key() + (step.sharedTopic() ? " shared" : ""))
        .toList();
  }

  @Test
  void aStepMayBeCalledByAnyWord() throws IOException {
    assertThat(
            read(
                "orchestrationName: on\n"
                    + "steps: [{name: on}, {name: off}, {name: 'null'}, {name: e10}, {name:"
                    + " true}]"))
        .containsExactly("on/on", "on/off", "on/null", "on/e10", "on/true");
  }

  @Test
  void aFlagIsReadInEverySpelling() throws IOException {
    assertThat(
            read(
                """
                base: &base {sharedTopic: yes}
                orchestrationName: o
                steps:
                  - {name: a, sharedTopic: "true"}
                  - {name: b, sharedTopic: ON}
                  - {name: c, sharedTopic: 'no'}
                  - {name: d, sharedTopic: ~}
                  - {<<: *base, name: e}
                  - {name: f, sharedTopic: }
                """))
        .containsExactly("o/a shared", "o/b shared", "o/c", "o/d", "o/e shared", "o/f");
    assertThat(
            read(
                "{\"orchestrationName\": \"o\", \"sharedTopic\": \"TRUE\", \"steps\":"
                    + " [{\"name\": \"on\"}, {\"name\": \"b\", \"sharedTopic\": false}]}"))
        .containsExactly("o/on shared", "o/b");
  }

  @Test
  void stepsInBlocksAndPartsAreRead() throws IOException {
    assertThat(
            read(
                """
                orchestrationName: o
                payload: { type: object }
                steps:
                  - parallel: [ { name: a }, [ { name: b }, { name: c } ] ]
                  - name: route
                    choice: [ { when: payload.x, do: [ { name: d } ] }, { else: [ { name: e } ] } ]
                  - { name: list, forEach: payload.items, do: [ { name: f } ] }
                  - { name: race, firstOf: { one: [ { name: g } ], two: [ { name: h } ] } }
                """))
        .contains("o/a", "o/b", "o/c", "o/d", "o/e", "o/f", "o/g", "o/h");
  }
}
