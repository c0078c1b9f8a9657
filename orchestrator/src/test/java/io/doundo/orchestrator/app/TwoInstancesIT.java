package io.doundo.orchestrator.app;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Everything that takes two instances, on one start of both; the jobs let one of them crash. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class TwoInstancesIT {

  private TwoInstances installation;

  @BeforeAll
  void start(@TempDir Path data) {
    installation = TwoInstances.start(data);
  }

  @AfterAll
  void stop() {
    installation.close();
  }

  @Nested
  @Order(1)
  class Flows extends FlowsOnTwoInstances {

    Flows() {
      super(installation);
    }
  }

  @Nested
  @Order(2)
  class Jobs extends JobsOnTwoInstances {

    Jobs() {
      super(installation);
    }
  }
}
