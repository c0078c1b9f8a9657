package io.doundo.orchestrator.definition.compiler;

import static io.doundo.orchestrator.definition.compiler.Compiling.compile;
import static io.doundo.orchestrator.definition.compiler.Compiling.problems;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A document of another kind is refused in one sentence, and a refusal names its sender. */
class OtherKindsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"headers":{"orchestrationName":"order","flowId":"f"},"payload":{"id":1}} | start event
          {"headers":{"orchName":"order"},"payload":{"id":1}}      | start event
          {"orchestrationName":"order","payload":{"id":1}}         | start event
          {"orchestrationName":"order","flowId":"f"}               | start event
          {"flowId":"f","action":"UNDO"}                           | control record
          {"controlId":"c","action":"RETRY"}                       | control record
          {"headers":{"flowId":"f","action":"DO","status":true},"payload":{}} | worker's answer
          """)
  void anotherKindOfDocumentIsRecognised(String document, String kind) {
    assertThat(problems(document)).singleElement().asString().contains(kind);
  }

  @Test
  void everyExampleEventIsRecognisedAndNoRegistrationIs() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("..", "registration-examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith("-event.json")) {
          assertThat(problems(Files.readString(file)))
              .as(name)
              .singleElement()
              .asString()
              .contains("start event");
        } else if (name.endsWith("-registration.json")) {
          assertThat(problems(Files.readString(file))).as(name).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {headers: {serviceName: shop}, payload: {orchestrationName: a.b, steps: [{name: a}]}} | a.b
          {headers: {serviceName: shop}, payload: {orchestrationName: order}}    | order
          {serviceName: shop, orchName: order, steps: [{name: a}]}               | order
          {serviceName: shop, orchestrationName: order, steps: [{}]}             | order
          {orchestrations: [{orchestrationName: order, steps: []}], serviceName: shop} | order
          {headers: {source: shop, orchestrationName: order}, payload: {id: 1}}  | order
          """)
  void aRefusalNamesItsServiceAndItsOrchestration(String document, String name) {
    CompiledRegistration compiled = compile(document);

    assertThat(compiled.accepted()).isFalse();
    assertThat(compiled.results())
        .extracting(Result::orchestrationName, Result::service)
        .containsExactly(tuple(name, "shop"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          orchestrationName: order bad: [1
          {"orchestrationName":"order","steps":[}
          """)
  void aDocumentThatCannotBeReadIsStillNamed(String document) {
    Result result =
        RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of("serviceName", "shop"))
            .results()
            .get(0);

    assertThat(result.problems()).isNotEmpty();
    assertThat(
            List.of(String.valueOf(result.orchestrationName()), String.valueOf(result.service())))
        .containsExactly("order", "shop");
  }

  @Test
  void servicesWithoutANameAreNotOne() {
    Result first =
        compile("{orchestrationName: o, as: worker, steps: [{name: a}]}").results().get(0);
    Result second =
        compile("{orchestrationName: o, as: worker, steps: [{name: b}, {name: c}]}")
            .results()
            .get(0);

    assertThat(first.service()).isEqualTo("unnamed (a)");
    assertThat(second.service()).isEqualTo("unnamed (b and 1 more)");
  }
}
