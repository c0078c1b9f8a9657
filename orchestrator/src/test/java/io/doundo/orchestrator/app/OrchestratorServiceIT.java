package io.doundo.orchestrator.app;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole application on a real broker, tested through HTTP only. It is started once; the
 * scenarios of each subject are in a separate class.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrchestratorServiceIT {

  private RunningService service;

  @BeforeAll
  void start(@TempDir Path stateDir) {
    service = RunningService.start(stateDir);
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @Nested
  class Starts extends StartsOverRest {

    Starts() {
      super(service);
    }
  }

  @Nested
  class Flows extends FlowsOverRest {

    Flows() {
      super(service);
    }
  }

  @Nested
  class Examples extends ExamplesOverRest {

    Examples() {
      super(service);
    }
  }

  @Nested
  class Definitions extends DefinitionsOverRest {

    Definitions() {
      super(service);
    }
  }

  @Nested
  class Server extends ServerOverRest {

    Server() {
      super(service);
    }
  }

  @Nested
  class Dashboards extends DashboardsOverRest {

    Dashboards() {
      super(service);
    }
  }

  @Nested
  class Framework extends FrameworkOverRest {

    Framework() {
      super(service);
    }
  }

  @Nested
  class Monitoring extends MonitoringOverRest {

    Monitoring() {
      super(service);
    }
  }

  @Nested
  class Breakers extends BreakersOverRest {

    Breakers() {
      super(service);
    }
  }

  @Nested
  class Notifications extends NotificationsOverRest {

    Notifications() {
      super(service);
    }
  }

  @Nested
  class Triggers extends TriggersOverRest {

    Triggers() {
      super(service);
    }
  }
}
