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
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Runs the http worker in a process of its own. */
@SpringBootApplication(
    scanBasePackages = {},
    excludeName = {
      "io.doundo.worker.autoconfigure.WorkerAutoConfiguration",
      "io.doundo.worker.autoconfigure.WorkerHealthAutoConfiguration"
    })
@EnableConfigurationProperties(HttpWorkerProperties.class)
public class HttpWorkerApplication {

  public static void main(String[] args) {
    new SpringApplicationBuilder(HttpWorkerApplication.class)
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
