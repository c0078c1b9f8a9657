package io.doundo.orchestrator.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/** Starts the orchestrator service. */
@SpringBootApplication(
    scanBasePackages = {"io.doundo.orchestrator.app", "io.doundo.orchestrator.api"},
    exclude = UserDetailsServiceAutoConfiguration.class,
    // The http worker uses the SDK without its starter, which would look for handlers and Redis.
    excludeName = {
      "io.doundo.worker.autoconfigure.WorkerAutoConfiguration",
      "io.doundo.worker.autoconfigure.WorkerHealthAutoConfiguration"
    })
public class OrchestratorApplication {

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(OrchestratorApplication.class);
    application.addListeners(new ExitOnFailedStart());
    application.run(args);
  }

  /** Ends the process with status 1; in a context without this listener nothing is ended. */
  private static final class ExitOnFailedStart
      implements ApplicationListener<PayloadApplicationEvent<StartupFailure>> {
    @Override
    public void onApplicationEvent(PayloadApplicationEvent<StartupFailure> event) {
      System.exit(1);
    }
  }
}
