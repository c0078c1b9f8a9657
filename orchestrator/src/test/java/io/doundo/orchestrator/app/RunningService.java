package io.doundo.orchestrator.app;

import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.OtlpReceiver;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.orchestrator.testing.WebhookReceiver;
import java.nio.file.Path;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application on a broker of its own, with a worker that answers. */
record RunningService(
    TestBroker broker,
    ConfigurableApplicationContext application,
    Rest rest,
    AnsweringWorker worker,
    OtlpReceiver traces,
    WebhookReceiver webhooks)
    implements AutoCloseable {

  /** No server has this one by itself. */
  static final String DASHBOARD_ZONE = "Asia/Kathmandu";

  static RunningService start(Path stateDir) {
    TestBroker broker = new TestBroker();
    OtlpReceiver traces = new OtlpReceiver();
    WebhookReceiver webhooks = new WebhookReceiver();
    ConfigurableApplicationContext application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                // Every wait has its own limit; the server's must not matter.
                "--spring.mvc.async.request-timeout=300",
                "--doundo.partitions=4",
                "--doundo.api.dashboard-zone=" + DASHBOARD_ZONE,
                "--doundo.step-topics.partitions=2",
                "--doundo.hooks.secrets.partner-hook=whsec_AAAA,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "--doundo.http.connections.ops.base-url=" + webhooks.url(),
                "--doundo.http.connections.ops.allow-private=true",
                "--doundo.http.connections.ops.signing-secret=" + WebhookReceiver.SECRET,
                "--doundo.traces.endpoint=" + traces.endpoint(),
                "--doundo.traces.sampled=1",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    Rest rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await()
        .atMost(ServiceScenarios.PATIENCE)
        .until(() -> rest.get("/actuator/health/readiness").status() == 200);
    return new RunningService(
        broker, application, rest, new AnsweringWorker(broker.bootstrap()), traces, webhooks);
  }

  @Override
  public void close() {
    worker.close();
    application.close();
    broker.close();
    traces.close();
    webhooks.close();
  }
}
