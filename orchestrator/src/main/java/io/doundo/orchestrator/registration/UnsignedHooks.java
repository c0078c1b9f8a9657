package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.ArrayList;
import java.util.List;

/** Refuses webhooks that would accept requests from everybody. Stateless. */
final class UnsignedHooks {

  private UnsignedHooks() {}

  /**
   * A record without such webhooks, or refused.
   *
   * @param areAllowed whether only users of this machine can reach the server
   */
  static CompiledRegistration check(CompiledRegistration compiled, boolean areAllowed) {
    if (areAllowed || !compiled.accepted()) {
      return compiled;
    }
    List<Result> results = new ArrayList<>();
    for (Result result : compiled.results()) {
      List<Problem> problems = result instanceof Defined defined ? problems(defined) : List.of();
      results.add(problems.isEmpty() ? result : Refused.of(result, problems));
    }
    return new CompiledRegistration(results);
  }

  private static List<Problem> problems(Defined defined) {
    List<Problem> problems = new ArrayList<>();
    List<Trigger> triggers = defined.orchestration().triggers();
    for (int i = 0; i < triggers.size(); i++) {
      WebhookTrigger webhook = triggers.get(i).webhook();
      if (webhook != null && webhook.verify() instanceof WebhookTrigger.Unsigned) {
        problems.add(
            new Problem(
                0,
                "triggers[" + i + "].webhook.verify",
                null,
                null,
                "is missing: this server asks for a login, so a webhook says how it verifies"
                    + " requests, or verify: apiKey"));
      }
    }
    return problems;
  }
}
