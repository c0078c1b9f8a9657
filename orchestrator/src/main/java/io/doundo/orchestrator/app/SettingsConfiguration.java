package io.doundo.orchestrator.app;

import io.doundo.orchestrator.registration.RegistrationSettings;
import io.doundo.orchestrator.registration.RegistrationSettings.PartitionLimits;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.protocol.Names;
import io.doundo.protocol.SenderMark;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Translates the properties into the settings of each plane. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DoundoProperties.class)
class SettingsConfiguration {

  /** Without a secret, signals in flight when this process ends are not verified. */
  @Bean
  SenderMark senderMark(DoundoProperties properties) {
    String secret = properties.api().secret();
    return secret == null ? SenderMark.ofThisProcess() : SenderMark.of(secret);
  }

  @Bean
  EngineSettings engineSettings(
      DoundoProperties properties,
      TraceProperties traces,
      SenderMark senderMark,
      Environment environment) {
    EngineSettings defaults =
        EngineSettings.of(properties.kafka().bootstrapServers(), properties.stateDir());
    return new EngineSettings(
        defaults.applicationId(),
        properties.kafka().bootstrapServers(),
        properties.kafka().properties(),
        properties.stateDir(),
        properties.partitions(),
        properties.engine().threads(),
        defaults.commitInterval(),
        properties.engine().definitionWait(),
        properties.engine().hold(),
        defaults.maxRecordBytes(),
        properties.archiveRetention(),
        properties.engine().repairWindow(properties.archiveRetention()),
        properties.replicationFactor(),
        properties.engine().standbyReplicas(),
        properties.advertisedAddress(),
        defaults.cacheBytes(),
        properties.engine().failStep(),
        properties.audit(),
        senderMark,
        traces.endpoint() == null ? TraceSampling.ALL : new TraceSampling(traces.sampled()),
        properties.limits().items(),
        breakersOfConnections(environment));
  }

  /** Read here, whether the HTTP worker runs in this process or elsewhere. */
  private static Map<String, String> breakersOfConnections(Environment environment) {
    Map<String, String> breakers = new HashMap<>();
    Binder.get(environment)
        .bind("doundo.http.connections", Bindable.mapOf(String.class, ConnectionBreaker.class))
        .ifBound(
            connections ->
                connections.forEach(
                    (connection, settings) -> {
                      String breaker = settings.breaker();
                      if (breaker != null) {
                        requireName(connection, breaker);
                        breakers.put(connection, breaker);
                      }
                    }));
    return breakers;
  }

  private static void requireName(String connection, String breaker) {
    String refusal = Names.refuse(breaker);
    if (refusal != null) {
      throw new IllegalArgumentException(
          "doundo.http.connections.%s.breaker: \"%s\" %s".formatted(connection, breaker, refusal));
    }
  }

  /** What the engine has to know of a connection. */
  record ConnectionBreaker(@Nullable String breaker) {}

  @Bean
  RegistrationSettings registrationSettings(DoundoProperties properties, Environment environment) {
    RegistrationSettings defaults = RegistrationSettings.of(properties.kafka().bootstrapServers());
    int stepPartitions = properties.stepTopics().partitions();
    return new RegistrationSettings(
        defaults.applicationId(),
        properties.kafka().bootstrapServers(),
        properties.kafka().properties(),
        properties.partitions(),
        stepPartitions == 0 ? properties.partitions() : stepPartitions,
        properties.replicationFactor(),
        defaults.maxRecordBytes(),
        properties.stepTopics().retention(),
        properties.inputRetention(),
        properties.auditRetention(),
        properties.archiveRetention(),
        properties.auditRetention(),
        defaults.patience(),
        defaults.holdUp(),
        new PartitionLimits(
            properties.stepTopics().maxPartitionsPerRegistration(),
            properties.stepTopics().maxPartitions()),
        connections(environment),
        !properties.api().asksForLogin());
  }

  /** The connections of the HTTP worker; null when it runs elsewhere. */
  private static @Nullable Set<String> connections(Environment environment) {
    return environment.getProperty("doundo.http.enabled", Boolean.class, true)
        ? Binder.get(environment)
            .bind("doundo.http.connections", Bindable.mapOf(String.class, Object.class))
            .map(Map::keySet)
            .orElse(Set.of())
        : null;
  }
}
