package io.doundo.launcher.chaos;

import java.util.Locale;

/** Something bad that is done to the running system. */
enum Fault {
  KILL_ORCHESTRATOR(Target.ORCHESTRATOR, "kill -9 of an orchestrator"),
  FREEZE_ORCHESTRATOR(Target.ORCHESTRATOR, "an orchestrator stopped beyond its session"),
  KILL_WORKER(Target.WORKER, "kill -9 of a worker"),
  FREEZE_WORKER(Target.WORKER, "a worker stopped beyond its leases"),
  KILL_BROKER(Target.BROKER, "kill -9 of a broker"),
  RESTART_BROKER(Target.BROKER, "a broker restarted in order"),
  KILL_REDIS(Target.REDIS, "kill -9 of Redis, its data kept"),
  RESTART_REDIS(Target.REDIS, "Redis restarted in order"),
  EMPTY_REDIS(Target.REDIS, "kill -9 of Redis, its data lost"),
  FLUSH_REDIS(Target.NONE, "FLUSHALL on the running Redis"),
  REPEAT_COMMANDS(Target.NONE, "commands of the last seconds delivered again"),
  REPEAT_ANSWERS(Target.NONE, "answers of the last seconds delivered again"),
  REPEAT_STARTS(Target.NONE, "starts of the last seconds delivered again"),
  REREGISTER(Target.NONE, "a new version of an orchestration"),
  ROLLING_RESTART(Target.NONE, "orchestrators and workers restarted one after the other");

  /** Whose processes it strikes. */
  enum Target {
    ORCHESTRATOR,
    WORKER,
    BROKER,
    REDIS,
    /** Not a process, or all of them. */
    NONE
  }

  private final Target target;
  private final String title;

  Fault(Target target, String title) {
    this.target = target;
    this.title = title;
  }

  Target target() {
    return target;
  }

  /** In words, for a report. */
  String title() {
    return title;
  }

  /** As in a plan. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
