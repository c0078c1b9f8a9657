package io.doundo.plans.facade;

import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.plans.json.PlanJson;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** The services that the façade calls. */
@Configuration(proxyBeanMethods = false)
class FacadeConfiguration {

  @Bean
  JsonMapper jsonMapper() {
    return PlanJson.MAPPER;
  }

  @Bean
  Dependencies dependencies(JdbcClient sql, FacadeSettings settings, MeterRegistry meters) {
    return new Dependencies(
        new DraftStore(sql),
        new PublishedPlans(settings.fhir().url()),
        new Orchestrator(settings.orchestrator().url(), settings.orchestrator().apiKey()),
        meters);
  }
}
