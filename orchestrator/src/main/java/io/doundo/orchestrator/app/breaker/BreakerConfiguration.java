package io.doundo.orchestrator.app.breaker;

import io.doundo.orchestrator.api.RecordSender;
import io.doundo.orchestrator.api.breaker.BreakerRequests;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The reading of breakers, and what operators ask of them. */
@Configuration(proxyBeanMethods = false)
class BreakerConfiguration {

  /** Started and closed with the other followers of topics. */
  @Bean(destroyMethod = "")
  Breakers breakers(ReadConsumers consumers, MeterRegistry meters) {
    BreakerMeters gauges = new BreakerMeters(meters);
    return new Breakers(consumers, gauges::seen);
  }

  @Bean
  BreakerRequests breakerRequests(Breakers breakers, RecordSender sender) {
    return new BreakerRequests(breakers, sender);
  }
}
