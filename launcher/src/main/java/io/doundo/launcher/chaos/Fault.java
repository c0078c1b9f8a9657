package io.doundo.launcher.chaos;

import java.util.Locale;

/** Something bad that is done to the running system. */
enum Fault {
  KILL_ORCHESTRATOR(Target.ORCHESTRATOR, "kill -9 of an orchestrator"),
  FREEZE_ORCHESTRATOR(Target.ORCHESTRATOR, "an orchestrator frozen past its session timeout"),
  KILL_WORKER(Target.WORKER, "kill -9 of a worker"),
  FREEZE_WORKER(Target.WORKER, "a worker frozen past its leases"),
  KILL_BROKER(Target.BROKER, "kill -9 of a broker"),
  RESTART_BROKER(Target.BROKER, "clean restart of a broker"),
  KILL_REDIS(Target.REDIS, "kill -9 of Redis, data kept"),
  RESTART_REDIS(Target.REDIS, "clean restart of Redis"),
  EMPTY_REDIS(Target.REDIS, "kill -9 of Redis, data lost"),
  FLUSH_REDIS(Target.NONE, "FLUSHALL on the running Redis"),
  REPEAT_COMMANDS(Target.NONE, "recent commands redelivered"),
  REPEAT_ANSWERS(Target.NONE, "recent answers redelivered"),
  REPEAT_STARTS(Target.NONE, "recent starts redelivered"),
  REREGISTER(Target.NONE, "a new version of an orchestration"),
  ROLLING_RESTART(Target.NONE, "rolling restart of orchestrators and workers");

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
