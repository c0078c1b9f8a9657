package io.doundo.orchestrator.api.hook;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.WebhookTrigger;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.definition.Definitions.Triggered;
import io.doundo.orchestrator.trigger.TriggerProgram;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the webhooks of the newest versions. Thread-safe. */
final class Hooks {

  private static final int MOST_REMEMBERED = 1_000;

  private final Definitions definitions;

  /** By definition and trigger, whose content never changes. */
  private final Map<String, TriggerProgram> programs = new ConcurrentHashMap<>();

  Hooks(Definitions definitions) {
    this.definitions = definitions;
  }

  /** A webhook of the newest version of an orchestration. */
  record Hook(
      Triggered orchestration, String name, WebhookTrigger trigger, TriggerProgram program) {

    String id() {
      return orchestration.definition().name() + '/' + name;
    }
  }

  Optional<Hook> find(String orchestration, String name) {
    return definitions
        .triggered(orchestration)
        .flatMap(
            triggered ->
                triggered.definition().triggers().stream()
                    .filter(trigger -> trigger.name().equals(name))
                    .flatMap(trigger -> Optional.ofNullable(trigger.webhook()).stream())
                    .map(webhook -> hook(triggered, name, webhook))
                    .findFirst());
  }

  private Hook hook(Triggered triggered, String name, WebhookTrigger webhook) {
    Orchestration definition = triggered.definition();
    if (programs.size() >= MOST_REMEMBERED) {
      programs.clear();
    }
    TriggerProgram program =
        programs.computeIfAbsent(
            definition.id().topicKey() + '/' + name,
            unused ->
                new TriggerProgram(
                    definition.name(), initiator(definition.name(), name), webhook.mapping()));
    return new Hook(triggered, name, webhook, program);
  }

  /** Who starts the flows of a webhook. */
  static String initiator(String orchestration, String name) {
    return "webhook/" + orchestration + '/' + name;
  }

  /** Whether a trigger is a webhook that accepts requests without any proof. */
  static boolean isUnsigned(Trigger trigger) {
    WebhookTrigger webhook = trigger.webhook();
    return webhook != null && webhook.verify() instanceof WebhookTrigger.Unsigned;
  }
}
