package io.doundo.orchestrator.app.http;

import io.doundo.http.HttpWorker;
import io.doundo.http.HttpWorkerProperties;
import io.doundo.orchestrator.streams.EngineSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The http worker, unless it is disabled because it runs elsewhere. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "doundo.http.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HttpWorkerProperties.class)
class HttpWorkerConfiguration {

  @Bean
  HttpWorkerLifecycle httpWorkerLifecycle(
      HttpWorkerProperties properties,
      EngineSettings engine,
      SslBundles bundles,
      MeterRegistry meters,
      Environment environment) {
    Map<String, Object> kafka = new HashMap<>(engine.clientProperties());
    kafka.put("bootstrap.servers", engine.bootstrapServers());
    return new HttpWorkerLifecycle(
        () ->
            new HttpWorker(
                properties,
                kafka,
                environment.getProperty("spring.application.version"),
                name -> bundles.getBundle(name).createSslContext(),
                meters));
  }

  /** Named {@code httpWorker} in the health endpoint. */
  @Bean
  HealthIndicator httpWorkerHealthIndicator(HttpWorkerLifecycle lifecycle) {
    return new HttpWorkerHealthIndicator(lifecycle::state);
  }
}
