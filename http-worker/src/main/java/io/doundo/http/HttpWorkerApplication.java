package io.doundo.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * Runs the http worker in a process of its own. It shares the class path of the orchestrator, and
 * reads none of the orchestrator's own defaults: its own are in {@code http-worker.yml}, and an
 * {@code application.yml} in the working directory takes precedence.
 */
@SpringBootApplication(
    scanBasePackages = {},
    excludeName = {
      "io.doundo.worker.autoconfigure.WorkerAutoConfiguration",
      "io.doundo.worker.autoconfigure.WorkerHealthAutoConfiguration"
    })
@EnableConfigurationProperties(HttpWorkerProperties.class)
public class HttpWorkerApplication {

  private static final String SETTINGS =
      "classpath:/http-worker.yml,optional:file:./,optional:file:./config/,optional:file:./config/*/";

  public static void main(String[] args) {
    var unused = start(args);
  }

  /** Starts it; it runs until the context is closed. */
  public static ConfigurableApplicationContext start(String... args) {
    return new SpringApplicationBuilder(HttpWorkerApplication.class)
        .properties("spring.config.location=" + SETTINGS)
        .web(WebApplicationType.NONE)
        .run(args);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  HttpWorker httpWorker(
      HttpWorkerProperties properties,
      SslBundles bundles,
      ObjectProvider<MeterRegistry> registry,
      Environment environment) {
    Map<String, Object> kafka = new HashMap<>(properties.kafka());
    kafka.put("bootstrap.servers", properties.bootstrapServers());
    return new HttpWorker(
        properties,
        kafka,
        environment.getProperty("spring.application.version"),
        name -> bundles.getBundle(name).createSslContext(),
        registry.getIfUnique(SimpleMeterRegistry::new));
  }
}
