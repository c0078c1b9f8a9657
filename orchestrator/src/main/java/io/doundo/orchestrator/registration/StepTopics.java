package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/**
 * Gives an accepted record its step topics, or refuses it: names that collide, more partitions than
 * the installation allows, or what the broker will never create. Confined to the listener's thread.
 */
final class StepTopics {

  private final TopicProvisioner provisioner;
  private final KnownTopics topics;
  private final RegistrationSettings settings;

  StepTopics(TopicProvisioner provisioner, KnownTopics topics, RegistrationSettings settings) {
    this.provisioner = provisioner;
    this.topics = topics;
    this.settings = settings;
  }

  /**
   * Creates what is missing.
   *
   * @return the record with warnings about its topics, or refused
   * @throws KafkaException when the broker may create them later
   */
  CompiledRegistration create(CompiledRegistration compiled) {
    CompiledRegistration checked = checked(compiled);
    if (!checked.accepted()) {
      return checked;
    }
    List<Result> results = new ArrayList<>();
    for (Result result : checked.results()) {
      results.add(result instanceof Defined defined ? create(defined) : result);
    }
    return new CompiledRegistration(results);
  }

  private Result create(Defined defined) {
    try {
      List<String> warnings = new ArrayList<>(defined.warnings());
      warnings.addAll(ConnectionWarnings.of(defined.orchestration(), settings.connections()));
      warnings.addAll(provisioner.provision(defined.orchestration()));
      topics.add(TopicProvisioner.stepTopics(defined.orchestration()));
      return defined.with(warnings);
    } catch (TopicsRefusedException e) {
      return refused(defined, e.reasons());
    } catch (KafkaException e) {
      String reason = BrokerRefusal.ofTopic(e);
      if (reason == null) {
        throw e;
      }
      return refused(defined, List.of("the broker rejects a step topic: " + reason));
    }
  }

  private CompiledRegistration checked(CompiledRegistration compiled) {
    List<Result> results = new ArrayList<>();
    int missing = 0;
    for (Result result : compiled.results()) {
      if (result instanceof Defined defined) {
        List<String> needed = TopicProvisioner.stepTopics(defined.orchestration());
        missing += (int) needed.stream().filter(topic -> !topics.exists(topic)).count();
        List<String> collisions = collisions(needed);
        results.add(collisions.isEmpty() ? result : refused(result, collisions));
      } else {
        results.add(result);
      }
    }
    TopicBudget budget =
        new TopicBudget(missing, topics.stepTopics(), settings.stepPartitions(), settings.budget());
    String refusal = budget.refusal();
    String warning = budget.warning();
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Defined defined) {
        if (refusal != null) {
          results.set(i, refused(defined, List.of(refusal)));
        } else if (warning != null) {
          List<String> warnings = new ArrayList<>(defined.warnings());
          warnings.add(warning);
          results.set(i, defined.with(warnings));
        }
      }
    }
    return new CompiledRegistration(results);
  }

  private List<String> collisions(List<String> needed) {
    List<String> collisions = new ArrayList<>();
    for (String topic : needed) {
      topics.colliding(topic).ifPresent(other -> collisions.add(Topics.collision(topic, other)));
    }
    return collisions;
  }

  private static Refused refused(Result result, List<String> messages) {
    return Refused.of(result, messages.stream().map(Problem::of).toList());
  }
}
