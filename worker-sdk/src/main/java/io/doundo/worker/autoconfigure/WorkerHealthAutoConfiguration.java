package io.doundo.worker.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The worker in the health endpoint, as {@code sagaWorker}, where the service has Actuator. */
@AutoConfiguration(after = WorkerAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(WorkerLifecycle.class)
public class WorkerHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "sagaWorkerHealthIndicator")
  @ConditionalOnEnabledHealthIndicator("sagaWorker")
  HealthIndicator sagaWorkerHealthIndicator(WorkerLifecycle lifecycle) {
    return new WorkerHealthIndicator(lifecycle);
  }
}
