package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Webhooks that accept requests without any proof. */
class UnsignedHooksTest {

  private static CompiledRegistration compiled(String webhook) {
    String document =
        "{orchestrationName: o, vocabulary: 2, steps: [{name: a}], triggers: [{name: s, schedule:"
            + " {every: 5m}}, {name: t, webhook: {"
            + webhook
            + "}}]}";
    return RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
  }

  @Test
  void aServerThatOthersCanReachRefusesThem() {
    CompiledRegistration refused = UnsignedHooks.check(compiled(""), false);

    assertThat(refused.accepted()).isFalse();
    assertThat(refused.problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("triggers[1].webhook.verify");
              assertThat(problem.message()).contains("verify: apiKey");
            });
  }

  @Test
  void aServerOfItsOwnMachineAcceptsThem() {
    assertThat(UnsignedHooks.check(compiled(""), true).accepted()).isTrue();
  }

  @Test
  void othersAreAcceptedEverywhere() {
    assertThat(UnsignedHooks.check(compiled("verify: apiKey"), false).accepted()).isTrue();
    assertThat(UnsignedHooks.check(compiled("verify: token, secret: x"), false).accepted())
        .isTrue();
  }
}
