package io.doundo.orchestrator.app;

import io.doundo.orchestrator.jobs.JobRunner;
import io.doundo.orchestrator.jobs.JobTopic;
import org.jspecify.annotations.Nullable;

/**
 * Starts the jobs once their topic exists, and stops them before the engine.
 *
 * @param runner null without an audit log, in which the answers stand
 */
record JobsLifecycle(JobTopic topic, @Nullable JobRunner runner) {

  void start() {
    topic.start();
    if (runner != null) {
      runner.start();
    }
  }

  void stop() {
    if (runner != null) {
      runner.close();
    }
    topic.close();
  }
}
