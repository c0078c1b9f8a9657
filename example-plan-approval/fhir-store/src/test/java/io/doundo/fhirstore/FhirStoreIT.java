package io.doundo.fhirstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Its process as it is started, over HTTP. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FhirStoreIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private EmbeddedPostgres postgres;
  private Process store;
  private String url;

  @BeforeAll
  void start() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
    startStore();
  }

  private void startStore() throws IOException {
    store =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FhirStore.class.getName(),
                "0",
                postgres.getJdbcUrl("postgres", "postgres"))
            .redirectErrorStream(true)
            .start();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(store.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null && !line.startsWith(FhirStore.READY)) {
      line = lines.readLine();
    }
    assertThat(line).as("the store has started").isNotNull();
    url = line.substring(FhirStore.READY.length());
    Thread rest = new Thread(() -> lines.lines().forEach(System.out::println), "store-log");
    rest.setDaemon(true);
    rest.start();
  }

  @AfterAll
  void stop() throws Exception {
    store.destroyForcibly().waitFor();
    postgres.close();
  }

  private static String id() {
    return "plan-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static String plan(String id, String name) {
    return """
        {"resourceType": "InsurancePlan", "id": "%s", "meta": {"source": "urn:test:%s"}, "status": "active",
         "identifier": [{"system": "urn:plans", "value": "%s"}], "name": "%s"}
        """
        .formatted(id, name, id, name);
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/fhir+json")
            .header("Accept", "application/fhir+json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private JsonNode read(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send("GET", path, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private int put(String id, String name, String... headers)
      throws IOException, InterruptedException {
    return send("PUT", "/InsurancePlan/" + id, plan(id, name), headers).statusCode();
  }

  @Test
  void aPlanIsWrittenReadAndKeptInAllItsVersions() throws Exception {
    String id = id();
    assertThat(put(id, "One", "If-None-Match", "*")).isEqualTo(201);
    assertThat(put(id, "Two", "If-Match", "W/\"1\"")).isEqualTo(200);
    JsonNode now = read("/InsurancePlan/" + id);
    assertThat(now.path("name").asText()).isEqualTo("Two");
    assertThat(now.path("meta").path("versionId").asText()).isEqualTo("2");
    assertThat(now.path("meta").path("source").asText()).isEqualTo("urn:test:Two");
    assertThat(read("/InsurancePlan/" + id + "/_history/1").path("name").asText()).isEqualTo("One");
    JsonNode history = read("/InsurancePlan/" + id + "/_history").path("entry");
    assertThat(history).hasSize(2);
    assertThat(history.path(0).path("resource").path("name").asText()).isEqualTo("Two");
    JsonNode found = read("/InsurancePlan?identifier=urn:plans%7C" + id).path("entry");
    assertThat(found).hasSize(1);
    assertThat(read("/InsurancePlan?identifier=urn:other%7C" + id).path("entry")).isEmpty();
    assertThat(read("/InsurancePlan?identifier=" + id).path("entry")).hasSize(1);
  }

  @Test
  void aWriteOverAnotherVersionIsRefusedAndWritesNothing() throws Exception {
    String id = id();
    assertThat(put(id, "None", "If-Match", "W/\"1\"")).as("there is none").isEqualTo(412);
    assertThat(put(id, "One")).isEqualTo(201);
    assertThat(put(id, "Again")).as("it exists").isEqualTo(412);
    assertThat(put(id, "Again", "If-None-Match", "*")).isEqualTo(412);
    HttpResponse<String> stale =
        send("PUT", "/InsurancePlan/" + id, plan(id, "Stale"), "If-Match", "W/\"7\"");
    assertThat(stale.statusCode()).isEqualTo(412);
    assertThat(stale.body()).contains("should have version 7, but it has version 1");
    assertThat(put(id, "Odd", "If-Match", "no-version")).isEqualTo(400);
    assertThat(read("/InsurancePlan/" + id).path("name").asText()).isEqualTo("One");
  }

  @Test
  void aDeletedPlanIsGoneAndMayBeCreatedAnew() throws Exception {
    String id = id();
    assertThat(put(id, "One")).isEqualTo(201);
    assertThat(send("DELETE", "/InsurancePlan/" + id, "", "If-Match", "W/\"3\"").statusCode())
        .isEqualTo(412);
    assertThat(send("DELETE", "/InsurancePlan/" + id, "", "If-Match", "W/\"1\"").statusCode())
        .isBetween(200, 204);
    assertThat(send("GET", "/InsurancePlan/" + id, "").statusCode()).isEqualTo(410);
    assertThat(put(id, "Late", "If-Match", "W/\"1\"")).isEqualTo(412);
    assertThat(put(id, "Late", "If-None-Match", "*")).as("there was one").isEqualTo(412);
    JsonNode deletion = read("/InsurancePlan/" + id + "/_history").path("entry").path(0);
    assertThat(deletion.path("request").path("method").asText()).isEqualTo("DELETE");
    assertThat(deletion.path("resource").isMissingNode()).isTrue();
    assertThat(put(id, "Two", "If-Match", "W/\"2\"")).as("over its deletion").isEqualTo(200);
    assertThat(read("/InsurancePlan/" + id).path("meta").path("versionId").asText()).isEqualTo("3");
    assertThat(send("GET", "/InsurancePlan/never", "").statusCode()).isEqualTo(404);
  }

  @Test
  void ofManyWritersOverOneVersionOneWrites() throws Exception {
    String id = id();
    assertThat(put(id, "One")).isEqualTo(201);
    ExecutorService threads = Executors.newFixedThreadPool(12);
    try {
      for (int version = 1; version <= 5; version++) {
        String match = "W/\"" + version + '"';
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          String name = "Writer " + i;
          writers.add(() -> put(id, name, "If-Match", match));
        }
        List<Integer> answers = new ArrayList<>();
        for (Future<Integer> answer : threads.invokeAll(writers)) {
          answers.add(answer.get());
        }
        assertThat(answers).filteredOn(status -> status == 200).hasSize(1);
        assertThat(answers).filteredOn(status -> status == 412).hasSize(11);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(read("/InsurancePlan/" + id + "/_history").path("entry")).hasSize(6);
  }

  @Test
  void whatFhirDoesNotKnowIsRefused() throws Exception {
    String id = id();
    HttpResponse<String> refused =
        send(
            "PUT",
            "/InsurancePlan/" + id,
            "{\"resourceType\": \"InsurancePlan\", \"id\": \"" + id + "\", \"colour\": \"red\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("colour");
    assertThat(send("POST", "/InsurancePlan/$validate", plan(id, "Fine")).statusCode())
        .isEqualTo(200);
    assertThat(send("GET", "/InsurancePlan/" + id, "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatWasWrittenSurvivesAKill() throws Exception {
    String id = id();
    assertThat(put(id, "One")).isEqualTo(201);
    store.destroyForcibly().waitFor();
    startStore();
    await().untilAsserted(() -> assertThat(read("/InsurancePlan/" + id)).isNotNull());
    assertThat(put(id, "Two", "If-Match", "W/\"1\"")).isEqualTo(200);
  }
}
