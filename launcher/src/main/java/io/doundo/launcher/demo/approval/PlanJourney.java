package io.doundo.launcher.demo.approval;

import io.doundo.launcher.demo.DemoFailure;
import java.io.IOException;

/** One of the journeys of the demo, for people. */
record PlanJourney(String title, String story, Course course) {

  /** What happens in it, and what must be true afterwards. */
  interface Course {
    void run(PlanPeople people, ExpectedRecords expected)
        throws DemoFailure, IOException, InterruptedException;
  }
}
