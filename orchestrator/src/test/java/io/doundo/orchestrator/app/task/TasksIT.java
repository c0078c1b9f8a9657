package io.doundo.orchestrator.app.task;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of people with their own API keys, on a real broker, with a worker without the SDK. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TasksIT {

  private RunningTasks running;

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    running = RunningTasks.start(stateDir);
  }

  @AfterAll
  void stop() {
    running.close();
  }

  @Nested
  class Tasks extends TasksOverRest {

    Tasks() {
      super(running);
    }
  }

  @Nested
  class Rights extends TaskRightsOverRest {

    Rights() {
      super(running);
    }
  }
}
