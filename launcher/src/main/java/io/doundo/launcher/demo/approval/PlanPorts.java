package io.doundo.launcher.demo.approval;

import java.net.URI;

/** The ports of the example's processes, and the addresses that follow from them. */
record PlanPorts(int postgres, int fhir, int workers, int page) {

  String database(String name) {
    return "jdbc:postgresql://localhost:%d/%s?user=postgres".formatted(postgres, name);
  }

  URI fhirStore() {
    return URI.create("http://localhost:%d/fhir".formatted(fhir));
  }

  URI api() {
    return pageUrl().resolve("/api");
  }

  URI pageUrl() {
    return URI.create("http://localhost:%d/".formatted(page));
  }
}
