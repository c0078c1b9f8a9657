package io.doundo.plans.worker;

import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.PublishedPlans;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The two stores that the workers write to. */
@Configuration(proxyBeanMethods = false)
class StoresConfiguration {

  @Bean
  DraftStore drafts(JdbcClient sql) {
    return new DraftStore(sql);
  }

  @Bean
  PublishedPlans publishedPlans(WorkerSettings settings) {
    return new PublishedPlans(settings.fhir().url());
  }
}
