package io.doundo.plans.worker;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the stores are.
 *
 * @param fhir The FHIR store.
 */
@ConfigurationProperties("plan-approval")
record WorkerSettings(Fhir fhir) {

  /**
   * The FHIR store.
   *
   * @param url Its base address, as http://localhost:8090/fhir.
   */
  record Fhir(URI url) {}
}
