package io.doundo.orchestrator.app;

import io.doundo.orchestrator.jobs.JobRunner;
import io.doundo.orchestrator.jobs.JobTopic;
import io.doundo.orchestrator.notify.delivery.Notifier;
import io.doundo.orchestrator.query.breaker.Breakers;
import io.doundo.orchestrator.query.definition.RefusedRegistrations;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.orchestrator.query.schedule.Schedules;
import io.doundo.orchestrator.query.template.Templates;
import io.doundo.orchestrator.trigger.event.EventTriggers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts what follows the topics of jobs, schedules, breakers, registrations, templates, triggers
 * and notifications once these exist, and stops it before the engine.
 *
 * @param runner null without an audit log, in which the answers stand
 * @param triggers asked for only when they start: they read definitions, which the service has
 * @param notifier asked for only when it starts, for the same reason; null when it is disabled
 */
record TopicFollowers(
    JobTopic topic,
    @Nullable JobRunner runner,
    Schedules schedules,
    Breakers breakers,
    RefusedRegistrations refusals,
    Templates templates,
    Supplier<EventTriggers> triggers,
    Deliveries deliveries,
    Supplier<@Nullable Notifier> notifier) {

  void start() {
    topic.start();
    schedules.start();
    breakers.start();
    refusals.start();
    templates.start();
    triggers.get().start();
    deliveries.start();
    Notifier telling = notifier.get();
    if (telling != null) {
      telling.start();
    }
    if (runner != null) {
      runner.start();
    }
  }

  /**
   * Stops them side by side, because each waits until its consumer has left; what the others write
   * to comes last.
   *
   * @param others that stop in the same way, and that none of these needs
   */
  void stop(List<Runnable> others) {
    EventTriggers triggering = triggers.get();
    Notifier telling = notifier.get();
    List<Runnable> first = new ArrayList<>(others);
    first.add(triggering::close);
    if (telling != null) {
      first.add(telling::close);
    }
    if (runner != null) {
      first.add(runner::close);
    }
    first.add(schedules::close);
    first.add(breakers::close);
    first.add(refusals::close);
    first.add(templates::close);
    together(first);
    together(List.of(deliveries::close, topic::close));
  }

  /** Each of them gives up waiting by itself. */
  private static void together(List<Runnable> stops) {
    List<Thread> threads = stops.stream().map(stop -> new Thread(stop, "doundo-stop")).toList();
    threads.forEach(Thread::start);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
