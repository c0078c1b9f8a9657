package io.doundo.orchestrator.app.console;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The console in a real browser on a real orchestrator. It is started once; the scenarios of each
 * subject are in a separate class. Skipped where there is no Chromium: {@code apt-get install
 * chromium chromium-driver}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class ConsoleIT {

  private RunningConsole shared;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    Optional<Path> chromium = Browser.program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = Browser.program("chromedriver");
    assumeTrue(
        chromium.isPresent() && driver.isPresent(),
        "needs chromium and chromedriver in the PATH: apt-get install chromium chromium-driver");
    shared = new RunningConsole(directory, chromium.get(), driver.get());
  }

  @AfterAll
  void stop() {
    if (shared != null) {
      shared.close();
    }
  }

  /** First: nobody has written hostile texts yet. */
  @Nested
  @Order(1)
  class Pictures extends ConsolePictures {

    Pictures() {
      super(shared);
    }
  }

  @Nested
  class Login extends ConsoleLogin {

    Login() {
      super(shared);
    }
  }

  @Nested
  class Repair extends ConsoleRepair {

    Repair() {
      super(shared);
    }
  }

  @Nested
  class Pages extends ConsolePages {

    Pages() {
      super(shared);
    }
  }

  /** Nearly last: its flows would stand in the lists of the others. */
  @Nested
  @Order(Integer.MAX_VALUE - 1)
  class Parts extends ConsoleParts {

    Parts() {
      super(shared);
    }
  }

  /** Nearly last, too: its flow would stand in the lists of the others. */
  @Nested
  @Order(Integer.MAX_VALUE - 1)
  class Notifications extends ConsoleNotifications {

    Notifications() {
      super(shared);
    }
  }

  /** Last: it stops the broker. */
  @Nested
  @Order(Integer.MAX_VALUE)
  class Honesty extends ConsoleHonesty {

    Honesty() {
      super(shared);
    }
  }
}
